import { Command } from 'commander'
import { createDemo } from '../demo/demo.ts'
import { demoFile } from '../demo/demo-file.ts'
import { withDatabase } from './with-database.ts'

const demo = () =>
  withDatabase(async ({ config, log }) => {
    const { projectPath, privateProjectPath, groupPath } = await createDemo({ config, log })
    const lines = [
      `Demo projects: ${projectPath} (public) and ${privateProjectPath} (private), in the group ${groupPath}`,
      `Demo tokens: ${demoFile(config)}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
  })

export const demoCommand = () =>
  new Command('demo')
    .description('Make the demo projects, or what is missing of them, and tokens for each role.')
    .action(demo)
