import { Command, Option } from 'commander'
import { printable } from '../../client/server-connection.ts'
import { Visibility } from '../../generated/prisma/enums.ts'
import { assertGit } from '../../git/assert-git.ts'
import { type ImportSummary, importRepository } from '../../modules/imports/import-repository.ts'
import { sourceKinds } from '../../modules/imports/sources/source.ts'
import { terminalProgress } from '../terminal-progress.ts'
import { UsageError } from '../usage-error.ts'
import { type Audience, audienceLines, audienceOf } from './import-audience.ts'
import { type FromOptions, importedLines, importFrom } from './import-from.ts'
import { asOperator } from './operator-context.ts'

type Options = { project: string; visibility?: Visibility; author?: string; json?: true }
type RepositoryOptions = Options & { repository: string }
type AnyOptions = Options & Partial<RepositoryOptions & FromOptions>

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

type Printed = { audience: Audience; result: object; lines: string[] }

async function fromRepository({ project, repository, visibility, author }: RepositoryOptions): Promise<Printed> {
  const progress = terminalProgress()
  const { summary, audience } = await asOperator(async (context, config) => {
    const input = { projectPath: project, source: repository, visibility, author, onProgress: progress.show }
    const done = await importRepository(context, input).finally(progress.clear)
    return { summary: done, audience: await audienceOf(project, config) }
  })
  return { audience, result: summary, lines: linesOf(project, summary, audience) }
}

async function fromServer(options: FromOptions): Promise<Printed> {
  const { progress, audience } = await importFrom(options)
  return { audience, result: progress, lines: importedLines(options.project, progress, audience) }
}

const isFromServer = (options: AnyOptions): options is Options & FromOptions => options.from !== undefined
const isFromRepository = (options: AnyOptions): options is RepositoryOptions => options.repository !== undefined

function begin(options: AnyOptions): Promise<Printed> {
  if (isFromServer(options) === isFromRepository(options)) {
    throw new UsageError('Either --repository or --from says where the project comes from')
  }
  if (isFromRepository(options)) return fromRepository(options)
  if (options.author !== undefined) throw new UsageError('--author goes with --repository')
  return fromServer(options as FromOptions)
}

async function run(options: AnyOptions): Promise<void> {
  await assertGit()
  // Ctrl-C also reaches git, which then fails, and we clean up after it.
  process.once('SIGINT', () => {})
  const { audience, result, lines } = await begin(options)
  const { webUrl, visibility } = audience
  const text = options.json ? JSON.stringify({ ...result, webUrl, visibility }, null, 2) : lines.join('\n')
  process.stdout.write(`${printable(text)}\n`)
}

export const importCommand = () =>
  new Command('import')
    .description(
      'Mirror a git repository into a project, with one release for each tag, or bring a project along from another server. Repeat it to follow the source.',
    )
    .requiredOption('--project <path>', 'the project, as group/project; a missing project or group is created')
    .option('--repository <path-or-url>', 'a local path, or a http(s), ssh or git URL')
    .option('--from <url>', 'the server that has the project, with its releases, milestones and packages')
    .option('--source <path>', 'the path of the project at that server, if it is another')
    .addOption(new Option('--kind <kind>', 'of that server; guessed without it').choices(sourceKinds))
    .option('--token <token>', 'token of that server; others can read it here, not in WAYBILL_IMPORT_TOKEN')
    .addOption(
      new Option('--visibility <who>', 'of a new project; private by default').choices(Object.values(Visibility)),
    )
    .option('--author <username>', 'the author of new releases of a repository; none by default')
    .option('--json', 'print the result as JSON')
    .action(run)
