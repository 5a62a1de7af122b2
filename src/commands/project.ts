import { Command, Option } from 'commander'
import { listProjects } from '../client/finding.ts'
import { createProject, type Project, transferProject, updateProject } from '../client/namespaces.ts'
import type { FeatureLevel, Visibility } from '../generated/prisma/client.ts'
import { FeatureLevel as levels } from '../generated/prisma/enums.ts'
import { deleteCommand, deletedCommand, restoreCommand } from './deletion-commands.ts'
import { printList, type SearchOptions, withSearch } from './list-options.ts'
import { print } from './output.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'
import { visibilityOption } from './shared-options.ts'

type Values = { name?: string; description?: string; visibility?: Visibility }
type CreateOptions = ServerOptions & Values & { repository?: string }
type UpdateOptions = ServerOptions &
  Values & {
    path?: string
    defaultBranch?: string
    archived?: boolean
    releases?: FeatureLevel
    repository?: FeatureLevel
    issues?: FeatureLevel
    mergeRequests?: FeatureLevel
    freezeRefusesReleases?: boolean
    packageDuplicatesAllowed?: boolean
    permalinkIsStable?: boolean
  }

const createdLine = ({ visibility, fullPath }: Pick<Project, 'visibility' | 'fullPath'>) =>
  `Created the ${visibility} project ${fullPath}`

async function create(fullPath: string, options: CreateOptions): Promise<void> {
  const { name, description, visibility, repository } = options
  const values = { name, description, visibility }
  if (repository === undefined) {
    const project = await createProject(serverOf(options), fullPath, values)
    return print(options, project, createdLine(project))
  }
  // Loaded here, because it loads the code of the server.
  const { copyRepository } = await import('./operator/copy-repository.ts')
  const made = await copyRepository(repository, fullPath, values)
  print(options, made, `${createdLine(made)} with ${made.import.created} releases`)
}

const levelOf = (level: FeatureLevel | undefined) => level?.toUpperCase()

async function update(fullPath: string, options: UpdateOptions): Promise<void> {
  const { server: _server, token: _token, json: _json, ...given } = options
  const { releases, repository, issues, mergeRequests, ...changes } = given
  const levelsGiven = {
    releasesLevel: levelOf(releases),
    repositoryLevel: levelOf(repository),
    issuesLevel: levelOf(issues),
    mergeRequestsLevel: levelOf(mergeRequests),
  }
  const project = await updateProject(serverOf(options), fullPath, { ...changes, ...levelsGiven })
  print(options, project, `Changed the ${project.visibility} project ${project.fullPath}`)
}

async function transfer(fullPath: string, options: ServerOptions & { to: string }): Promise<void> {
  const project = await transferProject(serverOf(options), fullPath, options.to)
  print(options, project, `Moved the project ${fullPath} to ${project.fullPath}`)
}

async function list(options: ServerOptions & SearchOptions): Promise<void> {
  const line = ({ fullPath, visibility, name }: Project) => `${fullPath}\t${visibility}\t${name}`
  printList(options, await listProjects(serverOf(options), options), { line, none: 'There are no projects' })
}

const pathArgument = ['<path>', 'full path of the project, as group/project'] as const

const withOptions = (command: Command) =>
  withServer(command)
    .argument(...pathArgument)
    .option('--name <name>', 'name shown to people')
    .option('--description <text>', 'what the project is')

const levelOption = (name: string, of: string) =>
  new Option(
    `--${name} <level>`,
    `who may use ${of}: nobody, its members, or everybody who may read the project`,
  ).choices(Object.values(levels))

export const projectCommand = () =>
  new Command('project')
    .description('Create, change, move, list, delete and restore projects.')
    .addCommand(
      withOptions(new Command('create').description('Create a project, and the missing groups above it.'))
        .addOption(visibilityOption('who may read it; private by default'))
        .option(
          '--repository <path-or-url>',
          'begin with a copy of this repository and one release for each tag. Works on the database itself, like `import`',
        )
        .action(create),
    )
    .addCommand(
      withOptions(new Command('update').description('Change the given values of a project.'))
        .option('--path <path>', 'its path in its group')
        .option('--default-branch <name>', 'a branch of the repository')
        .addOption(visibilityOption('who may read it'))
        .option('--archived', 'make it read-only')
        .option('--no-archived', 'open it again')
        .addOption(levelOption('releases', 'releases'))
        .addOption(levelOption('repository', 'the code'))
        .addOption(levelOption('issues', 'issues'))
        .addOption(levelOption('merge-requests', 'merge requests'))
        .option('--freeze-refuses-releases', 'create no release during a deploy freeze')
        .option('--no-freeze-refuses-releases', 'create releases during a deploy freeze')
        .option('--permalink-is-stable', 'let permalink/latest lead to the latest stable release')
        .option('--no-permalink-is-stable', 'let permalink/latest lead to the release with the greatest date')
        .option('--package-duplicates-allowed', 'let a file of a package be uploaded again')
        .option('--no-package-duplicates-allowed', 'refuse a file of a package that already exists')
        .action(update),
    )
    .addCommand(
      withServer(new Command('transfer').description('Move a project to another group. Its old path leads on.'))
        .argument(...pathArgument)
        .requiredOption('--to <group>', 'full path of the group that it moves to')
        .action(transfer),
    )
    .addCommand(
      withSearch(withServer(new Command('list').description('List the projects that you may read, by name.')))
        .option('--mine', 'only projects where you have a role')
        .action(list),
    )
    .addCommand(deleteCommand('project'))
    .addCommand(restoreCommand('project'))
    .addCommand(deletedCommand('project'))
