#!/bin/bash
# Converts a folder of any size as a Slurm array, one GPU per task.
#   sbatch docs/jobs/slurm.sh INPUT_FOLDER OUTPUT_FOLDER
# Submit it again, in whole or in part, until nothing is left to do:
#   sbatch --array=7,12 docs/jobs/slurm.sh INPUT_FOLDER OUTPUT_FOLDER
#SBATCH --job-name=pixelcycle
#SBATCH --array=0-99
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=04:00:00
#SBATCH --output=pixelcycle-%A_%a.log

set -euo pipefail

# The number of parts: the length of the array above. It is set here so that a task that is resubmitted alone still takes
# the same part of the whole.
export PIXELCYCLE_SHARDS=100

# `pixelcycle` must be on the PATH of the compute nodes: npm install --global /shared/path/to/this/repository
exec srun pixelcycle convert "$1" --out "$2" --skip-existing
