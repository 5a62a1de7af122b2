import { Command, Option } from 'commander'
import { invalid } from '../errors.ts'
import type { FeatureLevel, Project, Visibility } from '../generated/prisma/client.ts'
import { FeatureLevel as levels } from '../generated/prisma/enums.ts'
import { mirrorRepository } from '../modules/git/repositories.ts'
import { type ImportSummary, importRepository } from '../modules/imports/import-repository.ts'
import { createProject } from '../modules/projects/create-project.ts'
import { updateProject } from '../modules/projects/update-project.ts'
import { ensureGroups, splitPath } from './group.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, visibilityOption } from './shared-options.ts'

type Values = { name?: string; description?: string; visibility?: Visibility; json?: true }
type CreateOptions = Values & { repository?: string }
type UpdateOptions = Values & {
  archived?: boolean
  releases?: FeatureLevel
  repository?: FeatureLevel
  issues?: FeatureLevel
  mergeRequests?: FeatureLevel
  freezeRefusesReleases?: boolean
  packageDuplicatesAllowed?: boolean
}

const shown = ({ id, fullPath, name, description, visibility, archived }: Project) => ({
  id,
  fullPath,
  name,
  description,
  visibility,
  archived,
})

async function create(fullPath: string, { json, repository: source, ...values }: CreateOptions): Promise<void> {
  const { above, path } = splitPath(fullPath)
  if (above === null) throw invalid(`The project path '${fullPath}' is wrong: the group before it is missing`)
  const [project, summary] = await asOperator(async (context, { repositoriesDir }) => {
    await ensureGroups(context, above, values.visibility)
    const input = { groupPath: above, path, ...values }
    if (source === undefined) return [await createProject(context, input), null] as const
    const made = await createProject(context, input, (directory) => mirrorRepository(source, directory))
    return [made, await importRepository({ projectPath: made.fullPath, source, repositoriesDir })] as const
  })
  print({ json }, { ...shown(project), ...imported(summary) }, lineOf(project, summary))
}

const imported = (summary: ImportSummary | null) => (summary ? { import: summary } : {})

const lineOf = ({ visibility, fullPath }: Project, summary: ImportSummary | null) =>
  `Created the ${visibility} project ${fullPath}${summary ? ` with ${summary.created} releases` : ''}`

async function update(projectPath: string, options: UpdateOptions): Promise<void> {
  const { json, releases, repository, issues, mergeRequests, ...changes } = options
  const levelsGiven = {
    releasesLevel: releases,
    repositoryLevel: repository,
    issuesLevel: issues,
    mergeRequestsLevel: mergeRequests,
  }
  const project = await asOperator((context) => updateProject(context, { projectPath, ...changes, ...levelsGiven }))
  print({ json }, shown(project), `Changed the ${project.visibility} project ${project.fullPath}`)
}

const withOptions = (command: Command) =>
  command
    .argument('<path>', 'full path of the project, as group/project')
    .option('--name <name>', 'name shown to people')
    .option('--description <text>', 'what the project is')
    .addOption(jsonOption())

const levelOption = (name: string, of: string) =>
  new Option(
    `--${name} <level>`,
    `who may use ${of}: nobody, its members, or everybody who may read the project`,
  ).choices(Object.values(levels))

export const projectCommand = () =>
  new Command('project')
    .description('Create and change projects.')
    .addCommand(
      withOptions(new Command('create').description('Create a project, and the groups above it that are missing.'))
        .addOption(visibilityOption('who may read it; private by default'))
        .option('--repository <path-or-url>', 'begin with a copy of this repository, and with a release per tag')
        .action(create),
    )
    .addCommand(
      withOptions(new Command('update').description('Change what is given of a project.'))
        .addOption(visibilityOption('who may read it'))
        .option('--archived', 'make it read-only')
        .option('--no-archived', 'open it again')
        .addOption(levelOption('releases', 'releases'))
        .addOption(levelOption('repository', 'the code'))
        .addOption(levelOption('issues', 'issues'))
        .addOption(levelOption('merge-requests', 'merge requests'))
        .option('--freeze-refuses-releases', 'create no release during a deploy freeze')
        .option('--no-freeze-refuses-releases', 'create releases during a deploy freeze')
        .option('--package-duplicates-allowed', 'let a file of a package be uploaded again')
        .option('--no-package-duplicates-allowed', 'refuse a file of a package that is there')
        .action(update),
    )
