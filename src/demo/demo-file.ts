import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Config } from '../config.ts'

const Token = z.string()

export const Demo = z.object({
  baseUrl: z.string(),
  projectPath: z.string(),
  privateProjectPath: z.string(),
  groupPath: z.string(),
  tokens: z.object({ owner: Token, maintainer: Token, developer: Token, reporter: Token, guest: Token }),
})

export type Demo = z.infer<typeof Demo>

export const demoFile = (config: Pick<Config, 'dataDir'>): string => path.join(config.dataDir, 'demo.json')

/** Writes the whole file or nothing. Other accounts can never read it, not even while it is written. */
export async function writeDemo(config: Pick<Config, 'dataDir'>, demo: Demo): Promise<void> {
  await mkdir(config.dataDir, { recursive: true })
  const file = demoFile(config)
  const unfinished = `${file}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  // `mode` above applies only to a new file.
  await chmod(unfinished, 0o600)
  await rename(unfinished, file)
}
