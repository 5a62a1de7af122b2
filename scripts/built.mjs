// Whether dist/ is newer than its sources.
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
export const stamp = path.join(root, 'dist', '.built')
const sources = ['src', 'prisma', 'scripts/build.mjs', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']

function newest(file) {
  const stats = statSync(file)
  if (!stats.isDirectory()) return stats.mtimeMs
  const inside = readdirSync(file).filter((name) => name !== 'generated')
  return Math.max(0, ...inside.map((name) => newest(path.join(file, name))))
}

export function isFresh() {
  try {
    return statSync(stamp).mtimeMs > Math.max(...sources.map((source) => newest(path.join(root, source))))
  } catch {
    return false
  }
}
