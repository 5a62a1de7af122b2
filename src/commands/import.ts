import { Command, Option } from 'commander'
import { Visibility } from '../generated/prisma/enums.ts'
import { type ImportSummary, importRepository } from '../modules/imports/import-repository.ts'
import { terminalProgress } from './terminal-progress.ts'
import { withDatabase } from './with-database.ts'

type Options = { project: string; repository: string; visibility?: Visibility; author?: string; json?: true }

function linesOf(project: string, summary: ImportSummary): string[] {
  const { created, updated, unchanged, vanished, cut, skipped } = summary
  return [
    `Imported into ${project}: ${created} releases created, ${updated} updated, ${unchanged} unchanged`,
    ...vanished.map((tag) => `Kept, though its tag is not at the source: ${tag}`),
    ...cut.map((tag) => `Notes cut to 1,000,000 characters: ${tag}`),
    ...skipped.map(({ tag, reason }) => `Skipped: ${tag} ${reason}`),
  ]
}

async function run({ project, repository, visibility, author, json }: Options): Promise<void> {
  const progress = terminalProgress()
  // Ctrl-C reaches git too: it fails, and we clean up after it.
  process.once('SIGINT', () => {})
  const summary = await withDatabase(({ config: { repositoriesDir } }) =>
    importRepository({
      projectPath: project,
      source: repository,
      repositoriesDir,
      onProgress: progress.show,
      ...(author === undefined ? {} : { author }),
      ...(visibility === undefined ? {} : { visibility }),
    }).finally(progress.clear),
  )
  const text = json ? JSON.stringify(summary, null, 2) : linesOf(project, summary).join('\n')
  process.stdout.write(`${text}\n`)
}

export const importCommand = () =>
  new Command('import')
    .description('Mirror a git repository into a project, with one release per tag. Repeat it to follow the source.')
    .requiredOption('--project <path>', 'the project, as group/project; what is missing of the path is created')
    .requiredOption('--repository <path-or-url>', 'a local path, or a http(s), ssh or git URL')
    .addOption(
      new Option('--visibility <who>', 'of a new project; private by default').choices(Object.values(Visibility)),
    )
    .option('--author <username>', 'the author of new releases; none by default')
    .option('--json', 'print the result as JSON')
    .action(run)
