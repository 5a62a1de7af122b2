// Reads the faults from the JSON files in this folder. Each fault names the file that it is put into, the text that it replaces,
// and the test that must fail then. `before` occurs exactly once in its file.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The paths in the lists begin here. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

const folder = path.join(root, 'test', 'mutants')

/**
 * @typedef {object} Fault
 * @property {string} fault What goes wrong, in words.
 * @property {string} list The file of this folder that it is from.
 * @property {string} file Where it is put.
 * @property {string} before
 * @property {string} after
 * @property {string} noticedBy The file with the test that must fail.
 * @property {string} [test] Words in the name of that test, or of what it is in; without them all of the file is run.
 */

/** @returns {Fault[]} */
export function readFaults() {
  const lists = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return lists.flatMap((list) => {
    const byFile = JSON.parse(readFileSync(path.join(folder, list), 'utf8'))
    return Object.entries(byFile).flatMap(([file, faults]) => faults.map((fault) => ({ ...fault, list, file })))
  })
}
