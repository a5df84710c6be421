import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assignNames, planPictures } from "../../../src/cli/files/inputs.ts";
import { UserError } from "../../../src/errors.ts";
import { Random } from "../../../src/random.ts";

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "pixelcycle-inputs-")));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function make(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), "");
  }
}

/** The plan as `source -> output`, both below the test's folder. */
async function plan(inputs: string[], out = "out"): Promise<string[]> {
  const below = (path: string) => relative(root, path).split(sep).join("/");
  return (await planPictures(inputs, out, { cwd: root })).pictures.map(
    ({ source, output }) => `${below(source)} -> ${below(output)}`,
  );
}

describe("folders", () => {
  test("are mirrored recursively, without hidden files and files that are not pictures", async () => {
    await make(
      "photos/b.JPG",
      "photos/a.jpg",
      "photos/x/y/c.webp",
      "photos/notes.txt",
      "photos/.hidden.jpg",
      "photos/.git/d.jpg",
      "photos/README",
    );
    expect(await plan(["photos"])).toEqual([
      "photos/a.jpg -> out/a.png",
      "photos/b.JPG -> out/b.png",
      "photos/x/y/c.webp -> out/x/y/c.png",
    ]);
    expect(await plan(["photos/"])).toEqual(await plan(["./photos"]));
  });

  test("include every extension that the readers know", async () => {
    const extensions = "jpg jpeg jpe jfif png webp gif tif tiff avif bmp dib ppm pgm pbm pnm".split(" ");
    await make(
      ...extensions.map((extension, i) => `photos/${i}.${extension}`),
      "photos/a.svg",
      "photos/b.pdf",
      "photos/c.mp4",
    );
    expect(await plan(["photos"])).toHaveLength(extensions.length);
  });

  test("follow links, and loops end", async () => {
    await make("photos/a.jpg", "photos/sub/b.jpg", "elsewhere/c.jpg");
    await symlink("..", join(root, "photos/sub/up"));
    await symlink("../elsewhere", join(root, "photos/link"));
    await symlink("../elsewhere/c.jpg", join(root, "photos/d.jpg"));
    await symlink("nowhere.jpg", join(root, "photos/broken.jpg"));
    await symlink("nowhere", join(root, "photos/broken"));
    expect(await plan(["photos"])).toEqual([
      "photos/a.jpg -> out/a.png",
      "photos/broken.jpg -> out/broken.png",
      "photos/d.jpg -> out/d.png",
      "photos/link/c.jpg -> out/link/c.png",
      "photos/sub/b.jpg -> out/sub/b.png",
    ]);
  });

  test("do not include an output folder within the input", async () => {
    await make("photos/a.jpg", "photos/out/old.png", "photos/out/sub/older.png");
    expect(await plan(["photos"], "photos/out")).toEqual(["photos/a.jpg -> photos/out/a.png"]);
    await symlink("photos", join(root, "alias"));
    expect(await plan(["alias"], "photos/out")).toEqual(["alias/a.jpg -> photos/out/a.png"]);
    expect(await plan(["photos/**"], "photos/out")).toEqual(["photos/a.jpg -> photos/out/a.png"]);
    expect(await plan(["alias/**/*.{jpg,png}"], "photos/out")).toEqual(["alias/a.jpg -> photos/out/a.png"]);
  });

  test("may be within the output folder", async () => {
    await make("out/raw/a.jpg");
    expect(await plan(["out/raw"])).toEqual(["out/raw/a.jpg -> out/a.png"]);
  });
});

describe("files", () => {
  test("are always tried, whatever their names", async () => {
    await make("picture", "notes.txt", ".hidden.png", "deep/down/a.jpg");
    expect(await plan(["picture", "notes.txt", ".hidden.png", "deep/down/a.jpg"])).toEqual([
      ".hidden.png -> out/.hidden.png",
      "deep/down/a.jpg -> out/a.png",
      "notes.txt -> out/notes.png",
      "picture -> out/picture.png",
    ]);
  });

  test("whose names look like globs are files first", async () => {
    await make("a[1].jpg", "a1.jpg");
    expect(await plan(["a[1].jpg"])).toEqual(["a[1].jpg -> out/a[1].png"]);
  });

  test("named twice are converted once", async () => {
    await make("photos/a.jpg", "photos/x/b.jpg");
    expect(await plan(["photos/a.jpg", "photos", "photos/*.jpg", "./photos/../photos/a.jpg", "photos/x"])).toEqual([
      "photos/a.jpg -> out/a.png",
      "photos/x/b.jpg -> out/x/b.png",
    ]);
  });
});

describe("globs", () => {
  test("are mirrored below their fixed part", async () => {
    await make("photos/2024/a.jpg", "photos/2024/x/b.png", "photos/2025/c.jpg", "photos/2024/notes.txt");
    expect(await plan(["photos/2024/**/*"])).toEqual([
      "photos/2024/a.jpg -> out/a.png",
      "photos/2024/x/b.png -> out/x/b.png",
    ]);
    expect(await plan(["photos/*/*.jpg"])).toEqual([
      "photos/2024/a.jpg -> out/2024/a.png",
      "photos/2025/c.jpg -> out/2025/c.png",
    ]);
    expect(await plan(["photos/{2024,2025}/*.jpg"])).toEqual(await plan(["photos/*/*.jpg"]));
    expect(await plan([`${root}/photos/2025/*.jpg`])).toEqual(["photos/2025/c.jpg -> out/c.png"]);
  });

  test("that reach above their start still end within the output folder", async () => {
    await make("a.jpg", "work/b.jpg", "work/sub/c.jpg");
    const { pictures } = await planPictures(["*/../../*.jpg", "*.jpg"], "out", { cwd: join(root, "work") });
    expect(pictures.map(({ output }) => relative(root, output))).toEqual([
      join("work/out/a.png"),
      join("work/out/b.png"),
    ]);
  });

  test("follow links, and loops of links end", async () => {
    await make("photos/a.jpg", "photos/sub/b.jpg", "elsewhere/c.jpg");
    await symlink(".", join(root, "photos/self"));
    await symlink("..", join(root, "photos/sub/up"));
    await symlink("../elsewhere", join(root, "photos/link"));
    expect(await plan(["photos/**/*.jpg"])).toEqual(await plan(["photos"]));
    expect(await plan(["photos/**/*.jpg"])).toHaveLength(3);
  });
});

describe("brackets in names", () => {
  test("before a glob are literal if such a folder exists", async () => {
    for (const folder of ["photos (2024)", "a[1]", "{x,y}", "deep/(in) [here]"]) {
      await make(`${folder}/a.jpg`, `${folder}/sub/b.jpg`);
      expect(await plan([`${folder}/*.jpg`])).toEqual([`${folder}/a.jpg -> out/a.png`]);
      expect(await plan([`${root}/${folder}/**/*.jpg`])).toHaveLength(2);
    }
    await make("a1/c.jpg", "(1)/d(1).jpg", "z/photo (1).jpg", "z/photo.jpg");
    expect(await plan(["a[12]/*.jpg"])).toEqual(["a1/c.jpg -> out/a1/c.png"]);
    expect(await plan(["z/*(1).jpg"])).toContain("z/photo (1).jpg -> out/photo (1).png");
    await expect(plan(["(1)/none(1).jpg"])).rejects.toThrow(/matches no readable picture|no such file/);
  });
});

describe("names at the limit of a file system", () => {
  test("are shortened if the result would be longer, and stay distinct", async () => {
    for (const letter of ["a", "я", "漢", "😀"]) {
      const most = letter.repeat(Math.floor(251 / new TextEncoder().encode(letter).length));
      for (const names of [
        assignNames([`${most}.jpg`, `${most}.gif`, `${most}.jp2`, most]),
        assignNames([most + most]),
      ]) {
        for (const name of names) expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
        expect(new Set(names).size).toBe(names.length);
      }
    }
  });
});

describe("unsupported pictures", () => {
  test("are named, from folders and globs; without an extension their bytes decide", async () => {
    await make(
      "photos/IMG_1.HEIC",
      "photos/b.jpg",
      "photos/sub/c.jxl",
      "photos/notes.txt",
      "photos/README",
      "photos/.d.heic",
    );
    await writeFile(join(root, "photos/untold"), new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
    for (const input of ["photos", "photos/**"]) {
      const { pictures, unread } = await planPictures([input], "out", { cwd: root });
      expect(pictures.map(({ relative }) => relative)).toEqual(["b.jpg", "untold"]);
      expect(unread).toEqual([
        { name: "IMG_1.HEIC", kind: "HEIC" },
        { name: "sub/c.jxl", kind: "JXL" },
      ]);
    }
    await expect(plan(["photos/*.HEIC"])).rejects.toThrow(
      "photos/*.HEIC matches no readable picture. 1 HEIC file left out: IMG_1.HEIC; convert it to JPEG or PNG first.",
    );
  });
});

describe("--out", () => {
  test("may be the PNG of one picture", async () => {
    await make("photos/a.jpg", "photos/b.jpg", "there.png");
    for (const out of ["art.png", "new/art.PNG", "there.png"]) {
      expect(await plan(["photos/a.jpg"], out)).toEqual([`photos/a.jpg -> ${out}`]);
    }
    await mkdir(join(root, "folder.png"));
    expect(await plan(["photos/a.jpg"], "folder.png")).toEqual(["photos/a.jpg -> folder.png/a.png"]);
    expect(await plan(["photos/a.jpg"], "art.png/")).toEqual(["photos/a.jpg -> art.png/a.png"]);
    expect(await plan(["photos/a.jpg"], "v1.2")).toEqual(["photos/a.jpg -> v1.2/a.png"]);
  });

  test("is refused if it is another kind of file, or one file for several pictures", async () => {
    await make("photos/a.jpg", "photos/b.jpg", "notes.txt");
    await expect(plan(["photos/a.jpg"], "notes.txt")).rejects.toThrow(/--out notes\.txt is a file; name a folder/);
    await expect(plan(["photos/a.jpg"], "art.jpg")).rejects.toThrow(/written as PNG; call it art\.png/);
    await expect(plan(["photos"], "art.png")).rejects.toThrow(/names one file, but there are 2 pictures/);
    await expect(plan(["photos/a.jpg"], "photos/a.png/../../photos/a.jpg")).rejects.toThrow(/is a file/);
  });
});

describe("results never overwrite each other", () => {
  test("by stem, by case, by folder", async () => {
    await make("x/a.jpg", "x/a.png", "x/b.jpg", "y/a.jpg", "y/c.jpg");
    expect(await plan(["x", "y"])).toEqual([
      "x/a.jpg -> out/a.jpg.png",
      "y/a.jpg -> out/a.jpg-2.png",
      "x/a.png -> out/a.png.png",
      "x/b.jpg -> out/b.png",
      "y/c.jpg -> out/c.png",
    ]);
    expect(await plan(["y", "x"])).toEqual(await plan(["x", "y"]));
  });

  test("names that are hard to distinguish", () => {
    expect(assignNames(["A.JPG", "a.jpg"])).toEqual(["A.JPG.png", "a.jpg-2.png"]);
    expect(assignNames(["a.jpg", "a.jpg.webp", "a.png"])).toEqual(["a.jpg-2.png", "a.jpg.png", "a.png.png"]);
    expect(assignNames(["\u00e9.jpg", "e\u0301.jpg"])).toEqual(["\u00e9.jpg.png", "e\u0301.jpg-2.png"]);
    // A folder a.png beside a picture whose result would have that name.
    expect(assignNames(["a.jpg", "a.png/b.jpg"])).toEqual(["a.jpg.png", "a.png/b.png"]);
    expect(assignNames(["a.jpg", "a.jpg.png/b.jpg", "a.png"])).toEqual(["a.jpg-2.png", "a.jpg.png/b.png", "a.png.png"]);
    expect(assignNames(["a", "a.", "b"])).toEqual(["a.png", "a..png", "b.png"]);
  });

  test("for any names", () => {
    const random = new Random(9);
    const words = ["a", "A", "b", "a.jpg", "a.png", "a.jpg-2", "a.jpg.png", "é", "e\u0301"];
    const extensions = ["", ".jpg", ".png", ".JPG", ".png.png"];
    for (let round = 0; round < 500; round++) {
      const relatives = Array.from({ length: 12 }, () => {
        const folder = random.below(3) === 0 ? `${words[random.below(words.length)]}.png/` : "";
        return folder + words[random.below(words.length)] + extensions[random.below(extensions.length)];
      }).sort();
      const names = assignNames(relatives);
      const keys = names.map((name) => name.normalize("NFC").toLowerCase());
      expect(new Set(keys).size).toBe(names.length);
      const folders = new Set(
        relatives.filter((name) => name.includes("/")).map((name) => dirname(name).normalize("NFC").toLowerCase()),
      );
      for (const [i, name] of names.entries()) {
        expect(dirname(name)).toBe(dirname(relatives[i]));
        expect(basename(name).endsWith(".png")).toBe(true);
        expect(folders.has(keys[i])).toBe(false);
      }
    }
  });
});

describe("refused in a sentence", () => {
  const refused: [string, string[], string, RegExp][] = [
    ["a file that is not there", ["photos", "none.jpg"], "out", /none\.jpg: there is no such file/],
    ["a glob without a match", ["photos/*.gif"], "out", /photos\/\*\.gif matches no readable picture/],
    ["a glob that matches no picture", ["texts/*"], "out", /matches no readable picture/],
    ["a folder without a picture", ["texts"], "out", /No picture in texts.*jpg, jpeg/],
    ["the input folder as the output", ["photos"], "photos", /--out is the input folder photos itself/],
    ["the same through a link", ["alias"], "photos", /--out is the input folder/],
    ["a result over its own input", ["photos/b.png"], "photos", /b\.png would replace the input/],
    ["a result over another input", ["photos", "out/sub"], "out", /out.sub.q\.png would replace the input/],
    ["a result over its own input where case does not count", ["photos/c.PNG"], "photos", /would replace the input/],
    ["a result over an input, through a link", ["alias/b.png"], "photos", /would replace the input/],
  ];
  for (const [name, inputs, out, message] of refused) {
    test(name, async () => {
      await make("photos/a.jpg", "photos/b.png", "photos/c.PNG", "photos/sub/q.jpg", "texts/a.txt", "out/sub/q.png");
      await symlink("photos", join(root, "alias"));
      const error = await planPictures(inputs, out, { cwd: root }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message).toMatch(message);
    });
  }
});
