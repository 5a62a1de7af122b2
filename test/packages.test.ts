import { readFile } from 'node:fs/promises'
import { minVersion, satisfies } from 'semver'
import { expect, test } from 'vitest'

type Package = { engines?: { node?: string } }

const read = async (name: string) => JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'))

test('no package needs a newer Node than Waybill does, because npm would warn of it', async () => {
  const { engines } = (await read('package.json')) as { engines: { node: string } }
  const oldest = minVersion(engines.node)?.version ?? ''
  const packages = Object.entries((await read('package-lock.json')).packages as Record<string, Package>)
  expect(packages.length).toBeGreaterThan(100)
  const newer = packages.filter(([, { engines: asked }]) => asked?.node && !satisfies(oldest, asked.node))
  expect(newer.map(([name]) => name)).toEqual([])
})
