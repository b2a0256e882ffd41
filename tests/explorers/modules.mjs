// The modules under test, and what they are held against.
// EXPLORERS may name another folder of modules: broken copies must make the tests fail.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname;
const folder = process.env.EXPLORERS ?? resolve(here, "../../site/explorers");

export const load = (name) => import(pathToFileURL(resolve(folder, "core", name)));
export const vectors = (name) => JSON.parse(readFileSync(resolve(here, "vectors", name), "utf8"));
// Weights are not what is broken: they always come from the book.
export const weights = (name) => {
  const bytes = readFileSync(resolve(here, "../../site/explorers/data", name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};
