// Fills a shader's uniform buffer by field name. The order is read from the struct in the WGSL, so
// it is written down only once.

/** Cached by shader: a training step has a few dozen shaders and thousands of launches. */
const layouts = new Map<string, readonly (string | null)[]>();

/**
 * The fields of the struct of `var<uniform>`, in order, with nested structs expanded in place; null
 * is a word of padding.
 *
 * @throws Error if a field is neither a `u32` nor a struct of them
 */
export function uniformFields(shader: string): readonly (string | null)[] {
  let fields = layouts.get(shader);
  if (!fields) {
    const [, struct] = /var<uniform>\s*\w+\s*:\s*(\w+)/.exec(shader) ?? [];
    fields = struct === undefined ? [] : fieldsOf(shader, struct);
    layouts.set(shader, fields);
  }
  return fields;
}

/** A uniform buffer and a struct in it are padded to a multiple of 16 bytes. */
function fieldsOf(shader: string, struct: string): (string | null)[] {
  const [, body] = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(shader) ?? [];
  if (body === undefined) throw new Error(`The shader has no struct ${struct}.`);
  const fields: (string | null)[] = [];
  for (const [, name, type] of body.replace(/\/\/.*/g, "").matchAll(/(\w+)\s*:\s*(\w+)/g)) {
    if (type === "u32") fields.push(name);
    else fields.push(...padded(fields).slice(fields.length), ...fieldsOf(shader, type));
  }
  return padded(fields);
}

function padded(fields: readonly (string | null)[]): (string | null)[] {
  return [...fields, ...Array<null>((4 - (fields.length % 4)) % 4).fill(null)];
}

/**
 * @param values a whole number for each field of the shader's uniform struct, and no others; true
 * is 1
 * @throws Error that names the field that is missing, unknown or not a `u32`
 */
export function uniforms(shader: string, values: Readonly<Record<string, number | boolean>>): Uint32Array<ArrayBuffer> {
  const fields = uniformFields(shader);
  const unknown = Object.keys(values).filter((name) => !fields.includes(name));
  if (unknown.length > 0) throw new Error(`The shader's uniforms have no ${unknown.join(", ")}.`);
  return Uint32Array.from(fields, (name) => {
    if (name === null) return 0;
    if (!Object.hasOwn(values, name)) throw new Error(`The shader's uniform ${name} is given no value.`);
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw new Error(`${name} = ${value} is not a u32.`);
    return value;
  });
}
