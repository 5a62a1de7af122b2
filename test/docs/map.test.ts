import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const [, map = ''] = /^## The map\n\n```\n(.*?)^```$/ms.exec(readFileSync(path.join(root, 'README.md'), 'utf8')) ?? []

type Line = { paths: string[]; description: string }

/** The lines of the map, with whole paths: each level is indented by two blanks, and two blanks stand before the description. */
function linesOf(text: string): Line[] {
  const above: string[] = []
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, indent = '', names = '', description = ''] = /^( *)(\S+(?: \S+)*)(?: {2,}(.*))?$/.exec(line) ?? []
      const depth = indent.length / 2
      const paths = names.split(' ').map((name) => path.join(...above.slice(0, depth), name))
      above[depth] = names
      return { paths, description }
    })
}

const lines = linesOf(map)

/** What a description names: a file or a folder, below the line's own or its parent's folder, or in the root. */
const namedIn = (description: string) => description.match(/[\w-]+\/(?:[\w.-]+\/?)*|[\w-]+\.(?:ts|prisma|md)\b/g) ?? []

test('every path on the map exists', () => {
  expect(lines.length).toBeGreaterThan(20)
  const paths = lines.flatMap((line) => line.paths)
  expect(paths.filter((name) => !existsSync(path.join(root, name)))).toEqual([])
})

test('every file and folder that a description on the map names exists', () => {
  const missing = lines.flatMap(({ paths: [own = ''], description }) =>
    namedIn(description).filter(
      (name) => ![own, path.dirname(own), ''].some((folder) => existsSync(path.join(root, folder, name))),
    ),
  )
  expect(missing).toEqual([])
})

test.for(['src', 'src/modules'])('every folder directly in %s is on the map', (folder) => {
  const folders = readdirSync(path.join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const shown = new Set(lines.flatMap((line) => line.paths.map((name) => path.normalize(`${name}/`))))
  const missing = folders.map(({ name }) => `${folder}/${name}/`).filter((name) => !shown.has(name))
  expect(missing).toEqual([])
})

test('every folder of the repository is on the map', () => {
  const unseen = new Set(['node_modules', 'dist', 'coverage'])
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !unseen.has(entry.name))
    .map(({ name }) => `${name}/`)
  expect(folders.filter((name) => !lines.some((line) => line.paths.includes(name)))).toEqual([])
})
