#!/bin/bash
# run.sh RESULTS, from any folder: runs the kit on a machine with a GPU and without Node, network or compiler. It unpacks the
# archives beside it, finds the driver, and runs the steps one after another, each with a time limit. The output of a step goes
# to RESULTS/STEP.txt, measurements go to RESULTS/data, and a summary to RESULTS/summary.txt, which is also printed. A step that
# fails does not stop the others.
#
#   STEPS="doctor tests bench step tune train torch"   the steps to run, in this order
#   KIT_SECONDS=530                 time for all steps together
#   KIT_TESTS="gpu/ nn/"            only test files whose path contains one of the words
#   KIT_SMALL=1                     tiny sizes and PyTorch on the CPU, to try the kit without a GPU
#   PROJECT=.                       the checkout, for tests and conversions that read its files; without one they are skipped
#   KIT_WORK=/tmp/pixelcycle-kit    where to unpack

set -u
export LC_ALL=C

small() { [ -n "${KIT_SMALL:-}" ]; }

# ---------------------------------------------------------------- the steps, each in its own process: `run.sh --step NAME`

limit_of() {
  case $1 in doctor) echo 60 ;; tests) echo 240 ;; bench) echo 150 ;; step) echo 80 ;; tune) echo 110 ;; train) echo 80 ;; torch) echo 110 ;; *) echo 1 ;; esac
}

part() { # SECONDS COMMAND...: prints what it runs, how long it took and how it ended
  local seconds=$1 start=$SECONDS code
  shift
  echo "\$ $*" | sed "s|$KIT_WORK/||g"
  timeout --foreground -k 5 "$seconds" "$@" 2>&1
  code=$?
  echo "[$((SECONDS - start)) s$([ $code -eq 0 ] || echo ", exit code $code")]"
  echo
  return $code
}

measure() { # SECONDS FILE COMMAND...: the same for a command that prints JSON, which goes to a file
  local seconds=$1 file=$2 start=$SECONDS code
  shift 2
  echo "\$ $*" | sed "s|$KIT_WORK/||g"
  timeout --foreground -k 5 "$seconds" "$@" >"$KIT_DATA/$file.json"
  code=$?
  [ $code -ne 0 ] || node "$KIT_APP/summary.mjs" "$KIT_DATA/$file.json"
  echo "[$((SECONDS - start)) s$([ $code -eq 0 ] || echo ", exit code $code")]"
  echo
  return $code
}

step_doctor() {
  cat "$KIT_APP/packed.txt" "$KIT_WORK/found.txt"
  echo "$(uname -srm), $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg), $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release)"
  ! command -v nvidia-smi >/dev/null || part 15 nvidia-smi --query-gpu=name,driver_version,memory.total,power.limit --format=csv
  local code=0
  part 30 node "$KIT_APP/dist/cli.js" doctor || code=1
  part 60 node "$KIT_APP/probe.mjs" --toggles || code=1
  [ $code -eq 0 ] || {
    echo "What there is to go by:"
    env | grep -E '^(VK_|LD_LIBRARY_PATH|NVIDIA_)'
    ls -l /dev/nvidia* /dev/dri {/usr/share,/etc,/usr/local/nvidia/share}/vulkan/icd.d/* 2>&1 | head -40
    VK_LOADER_DEBUG=all timeout --foreground 20 node "$KIT_APP/probe.mjs" 2>&1 | head -80
  }
  return $code
}

step_tests() {
  local words=${KIT_TESTS:-}
  [ -n "$words" ] || ! small || words="gpu/ kernels/gradients"
  # Unquoted, so that it splits into words.
  part 1000 node "$KIT_APP/run-tests.mjs" "$KIT_DATA/tests.json" $words
}

step_bench() {
  local sizes="" code=0
  small && sizes="--size 32 --ngf 8 --blocks 1 --repeats 1"
  # Compile times should be those of a first run, without the driver's cache.
  export __GL_SHADER_DISK_CACHE=0
  local bench="node $KIT_APP/dist-bench/bench.js --json - $sizes"
  measure 60 bench-forward $bench || code=1
  ! small || return $code
  measure 60 bench-gradients $bench --gradients || code=1
  measure 40 bench-fast $bench --fast || code=1
  measure 120 bench-variants $bench --variants --gradients || code=1
  return $code
}

step_step() {
  local code=0 bench="node $KIT_APP/dist-bench/step.js --json"
  if small; then
    measure 60 step-paper $bench --size 32 --ngf 8 --ndf 8 --seconds 3
    return
  fi
  measure 55 step-paper $bench --seconds 8 || code=1
  measure 30 step-small $bench --size 64 --ngf 32 --blocks 6 --seconds 4 || code=1
  return $code
}

step_tune() {
  local code=0 options="--seconds 25" seconds=8 sizes=""
  if small; then
    # A software adapter compiles every candidate before the first layer is measured.
    options="--seconds 60 --netG resnet_6blocks --ngf 8 --ndf 8 --load_size 36 --crop_size 32"
    sizes="--size 32 --ngf 8 --ndf 8 --blocks 6"
    seconds=3
  fi
  part 80 node "$KIT_APP/dist/cli.js" tune $options || code=1
  measure 45 step-tuned node "$KIT_APP/dist-bench/step.js" --json --tuned $sizes --seconds $seconds || code=1
  return $code
}

step_train() {
  local runs=$KIT_WORK/runs seconds=35 code=0
  local options="--print_freq 10 --display_freq 100 --update_html_freq 100000"
  rm -rf "$runs"
  if small; then
    seconds=15
    options="--netG resnet_6blocks --ngf 8 --ndf 8 --load_size 36 --crop_size 32 --print_freq 10"
  fi
  # Ctrl-C ends a run regularly: it saves and exits.
  echo "\$ train $options, ended by Ctrl-C after $seconds s"
  timeout --foreground -k 15 -s INT "$seconds" node "$KIT_APP/dist/cli.js" train --dataroot "$KIT_APP/samples/train" --name kit \
    --checkpoints_dir "$runs" --n_epochs 100000 $options 2>&1
  cp "$runs/kit/metrics.jsonl" "$KIT_DATA/train-metrics.jsonl" || code=1
  part 20 node "$KIT_APP/dist/cli.js" convert "$KIT_APP/samples/otter.jpg" --weights "$runs/kit" --out "$KIT_DATA/trained" || code=1
  local weights=${PROJECT:-/nowhere}/weights/pixelart-4.safetensors
  [ ! -f "$weights" ] || small ||
    part 40 node "$KIT_APP/dist/cli.js" convert "$PROJECT"/samples/*.jpg --weights "$weights" --out "$KIT_DATA/art" || code=1
  return $code
}

step_torch() {
  command -v python3 >/dev/null || { echo "There is no python3."; return 1; }
  local options="--seconds 4 --json $KIT_DATA/torch.json"
  small && options="--device cpu --size 32 --ngf 8 --ndf 8 --blocks 6 --seconds 1 --json $KIT_DATA/torch.json"
  # PyTorch brings its own libraries, so it gets the original library path.
  part 200 env "LD_LIBRARY_PATH=$KIT_PLAIN_LD_LIBRARY_PATH" PYTHONUNBUFFERED=1 python3 "$KIT/pytorch.py" $options
}

if [ "${1:-}" = --step ]; then
  "step_$2"
  exit
fi

# ---------------------------------------------------------------- unpack, and find the driver

[ $# -eq 1 ] || { echo "usage: run.sh RESULTS" >&2; exit 2; }
export KIT RESULTS KIT_WORK KIT_APP KIT_DATA PROJECT
KIT=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/data" && RESULTS=$(cd "$1" && pwd) || exit 2
KIT_WORK=${KIT_WORK:-/tmp/pixelcycle-kit}
KIT_APP=$KIT_WORK/app
KIT_DATA=$RESULTS/data
PROJECT=$(cd "${PROJECT:-.}" && pwd)
grep -qs '"name": "pixelcycle"' "$PROJECT/package.json" || PROJECT=""
export HOME=${HOME:-/root} PATH=$KIT_WORK/base/bin:${PATH:-/usr/bin:/bin}:/usr/local/nvidia/bin
started=$SECONDS

unpack() { # NAME: KIT/NAME.tar.xz to KIT_WORK/NAME, unless the same one is there
  local archive=$KIT/$1.tar.xz folder=$KIT_WORK/$1 sum
  sum=$(cksum <"$archive") || return 1
  [ "$(cat "$folder.stamp" 2>/dev/null)" != "$sum" ] || return 0
  rm -rf "$folder" && mkdir -p "$folder"
  if command -v xz >/dev/null; then tar -xJf "$archive" -C "$folder" --no-same-owner
  else python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1], "r:xz").extractall(sys.argv[2])' "$archive" "$folder"; fi || {
    echo "$archive does not unpack: xz is needed, or python3 with lzma." >&2
    return 1
  }
  echo "$sum" >"$folder.stamp"
}
unpack base && unpack app || exit 1
ln -sfn "$KIT_WORK/base/node_modules" "$KIT_APP/node_modules"

found=$KIT_WORK/found.txt
: >"$found"
export KIT_PLAIN_LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}
export LD_LIBRARY_PATH=$KIT_PLAIN_LD_LIBRARY_PATH
linked=$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)
known() { case $linked in *"$1"*) return 0 ;; esac; return 1; }
add() { LD_LIBRARY_PATH=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$1; }

# Use the kit's libraries only if the machine has none.
known libvulkan.so.1 || add "$KIT_WORK/base/lib/vulkan"
known libX11.so.6 && known libXext.so.6 || add "$KIT_WORK/base/lib/x11"
# NVIDIA's driver may be outside the linker's search path.
driver=""
known libGLX_nvidia.so.0 || for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/x86_64-linux-gnu /usr/lib64 /opt/nvidia/lib64; do
  [ ! -e "$folder/libGLX_nvidia.so.0" ] || { driver=$folder; add "$folder"; break; }
done
loads() { node -e 'require(process.argv[1])' "$KIT_APP/node_modules/webgpu/dist/linux-x64/dawn.node" >/dev/null 2>&1; }
loads || add "$KIT_WORK/base/lib/cxx"
loads || echo "Node or Dawn does not load here." >>"$found"

# The file that points Vulkan's loader to the driver: the first that leads to a GPU, otherwise the first that leads to any adapter.
given=${VK_DRIVER_FILES:-${VK_ICD_FILENAMES:-}}
candidates=(${given:+"$given"} "" {/usr/share,/etc,/usr/local/share,/usr/local/nvidia/share}/vulkan/icd.d/nvidia_icd*.json)
for library in libGLX_nvidia.so.0 libEGL_nvidia.so.0; do
  [ -n "$driver" ] || known $library || continue
  file=$KIT_WORK/${library%%.*}.json
  echo "{ \"file_format_version\": \"1.0.1\", \"ICD\": { \"library_path\": \"${driver:+$driver/}$library\", \"api_version\": \"1.3.0\" } }" >"$file"
  candidates+=("$file")
done
unset VK_DRIVER_FILES VK_ICD_FILENAMES
chosen=""
for file in "${candidates[@]}"; do
  [ -z "$file" ] || [ -f "$file" ] || continue
  answer=$(
    [ -z "$file" ] || export VK_DRIVER_FILES=$file VK_ICD_FILENAMES=$file
    timeout 30 node "$KIT_APP/probe.mjs" 2>/dev/null || echo "none, ended with $?"
  )
  echo "Vulkan by ${file:-what the loader finds by itself}: $answer" >>"$found"
  case $answer in
    hardware*) chosen=$file; break ;;
    software*) chosen=${chosen:-$file} ;;
  esac
done
[ -z "$chosen" ] || export VK_DRIVER_FILES=$chosen VK_ICD_FILENAMES=$chosen

# For continuing by hand.
for name in PATH LD_LIBRARY_PATH VK_DRIVER_FILES VK_ICD_FILENAMES KIT_APP; do
  [ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"
done >"$KIT_WORK/env.sh"

# ---------------------------------------------------------------- run

total=${KIT_SECONDS:-530}
: >"$KIT_DATA/steps.tsv"
for step in ${STEPS:-doctor tests bench step tune train torch}; do
  limit=$(limit_of "$step")
  left=$((total - SECONDS + started))
  [ $left -lt "$limit" ] && limit=$left
  begun=$SECONDS
  if [ $left -lt 10 ]; then
    outcome="left out: no time"
  else
    timeout -k 8 "$limit" bash "$0" --step "$step" >"$RESULTS/$step.txt" 2>&1
    code=$?
    case $code in
      0) outcome=ok ;;
      124 | 137) outcome="stopped after $limit s" ;;
      *) outcome="failed ($code)" ;;
    esac
  fi
  printf '%s\t%s\t%s\n' "$step" "$outcome" "$((SECONDS - begun))" | tee -a "$KIT_DATA/steps.tsv" >&2
done
timeout 20 node "$KIT_APP/summary.mjs" "$RESULTS" | tee "$RESULTS/summary.txt"
! grep -qv "	ok	" "$KIT_DATA/steps.tsv"
