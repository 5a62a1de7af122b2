import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './lists.mjs'

/** The files that the tests read: sources, generated files and configuration. */
const COPIED = ['src', 'test', 'prisma', 'bin', 'docs', 'scripts']
const isConfiguration = (name) => /\.(?:json|ts|graphql|md)$/.test(name)

/**
 * Copies the working tree, so that a fault can be put into the copy. Modules are linked one by one, so that caches beside them
 * stay here.
 */
export function copyTree(directory) {
  mkdirSync(directory)
  const files = readdirSync(root).filter((name) => COPIED.includes(name) || isConfiguration(name))
  // The programs of test/clients have modules of their own, which are large.
  const filter = (source) => path.basename(source) !== 'node_modules'
  for (const name of files) cpSync(path.join(root, name), path.join(directory, name), { recursive: true, filter })
  const modules = path.join(directory, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(path.join(root, 'node_modules'))) {
    if (!name.startsWith('.') || name === '.bin') {
      symlinkSync(path.join(root, 'node_modules', name), path.join(modules, name))
    }
  }
  return directory
}

/** Puts the fault in, and returns a function that takes it out again. */
export function putIn(directory, { file, before, after }) {
  const place = path.join(directory, file)
  const sound = readFileSync(place, 'utf8')
  if (sound.split(before).length !== 2) throw new Error(`${file} does not hold exactly once: ${before}`)
  writeFileSync(
    place,
    sound.replace(before, () => after),
  )
  return () => writeFileSync(place, sound)
}
