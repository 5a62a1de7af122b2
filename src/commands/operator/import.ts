import { Command, Option } from 'commander'
import { printable } from '../../client/server-connection.ts'
import { Visibility } from '../../generated/prisma/enums.ts'
import { assertGit } from '../../git/assert-git.ts'
import { type ImportSummary, importRepository } from '../../modules/imports/import-repository.ts'
import { type Audience, audienceLines, audienceOf } from './import-audience.ts'
import { asOperator } from './operator-context.ts'
import { terminalProgress } from './terminal-progress.ts'

type Options = { project: string; repository: string; visibility?: Visibility; author?: string; json?: true }

function linesOf(project: string, summary: ImportSummary, audience: Audience): string[] {
  const { created, updated, unchanged, vanished, cut, skipped } = summary
  return [
    `Imported into ${project}: ${created} releases created, ${updated} updated, ${unchanged} unchanged`,
    ...vanished.map((tag) => `Kept, though its tag is not at the source: ${tag}`),
    ...cut.map((tag) => `Notes cut to 1,000,000 characters: ${tag}`),
    ...skipped.map(({ tag, reason }) => `Skipped: ${tag} ${reason}`),
    ...audienceLines(audience),
  ]
}

async function run({ project, repository, visibility, author, json }: Options): Promise<void> {
  await assertGit()
  const progress = terminalProgress()
  // Ctrl-C also reaches git, which then fails, and we clean up after it.
  process.once('SIGINT', () => {})
  const { summary, audience } = await asOperator(async (context, config) => {
    const input = { projectPath: project, source: repository, visibility, author, onProgress: progress.show }
    const done = await importRepository(context, input).finally(progress.clear)
    return { summary: done, audience: await audienceOf(project, config) }
  })
  const { webUrl, visibility: seenBy } = audience
  const result = { ...summary, webUrl, visibility: seenBy }
  const text = json ? JSON.stringify(result, null, 2) : linesOf(project, summary, audience).join('\n')
  process.stdout.write(`${printable(text)}\n`)
}

export const importCommand = () =>
  new Command('import')
    .description(
      'Mirror a git repository into a project, with one release for each tag. Repeat it to follow the source.',
    )
    .requiredOption('--project <path>', 'the project, as group/project; a missing project or group is created')
    .requiredOption('--repository <path-or-url>', 'a local path, or a http(s), ssh or git URL')
    .addOption(
      new Option('--visibility <who>', 'of a new project; private by default').choices(Object.values(Visibility)),
    )
    .option('--author <username>', 'the author of new releases; none by default')
    .option('--json', 'print the result as JSON')
    .action(run)
