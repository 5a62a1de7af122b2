import { Command } from 'commander'
import type { Config } from '../../config.ts'
import { createDemo } from '../../demo/demo.ts'
import { demoFile } from '../../demo/demo-file.ts'
import type { Log } from '../../foundation/log.ts'
import { assertGit } from '../../git/assert-git.ts'
import { withDatabase } from './with-database.ts'

async function make({ config, log }: { config: Config; log: Log }): Promise<void> {
  const { projectPath, privateProjectPath, groupPath } = await createDemo({ config, log })
  const lines = [
    `Demo projects: ${projectPath} (public) and ${privateProjectPath} (private), in the group ${groupPath}`,
    `Demo tokens: ${demoFile(config)}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function demo(): Promise<void> {
  await assertGit()
  await withDatabase(make, { mayCreate: true })
}

export const demoCommand = () =>
  new Command('demo')
    .description('Create the missing parts of the demo projects, and a token for each role.')
    .action(demo)
