import { Command, Option } from 'commander'
import { createDraft, deleteDraft, updateDraft } from '../client/drafts.ts'
import { createRelease, deleteRelease, type NewLink, publishRelease, updateRelease } from '../client/releases.ts'
import { parseAssetsLink } from './assets-link.ts'
import { print } from './output.ts'
import { readDescription, readNotes } from './read-release-notes.ts'
import { doneLine, draftDoneLine } from './release-as-text.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'
import { environment } from './server-options.ts'
import { parseDate } from './shared-options.ts'
import { UsageError } from './usage-error.ts'

type ValueOptions = {
  name?: string | undefined
  description?: string | undefined
  notesFile?: string | undefined
  milestone?: string[] | false
  releasedAt?: Date
  prerelease?: boolean
  makeLatest?: string
}
type DraftOptions = { draft?: true }
type UpdateOptions = TargetOptions & TagOptions & ValueOptions & DraftOptions
type CreateOptions = UpdateOptions & { ref?: string; tagMessage?: string; generateNotes?: true; assetsLink?: NewLink[] }

async function valuesOf({ description, notesFile, milestone, makeLatest, ...values }: ValueOptions) {
  const { name, releasedAt, prerelease } = values
  return {
    name,
    description: await notesOf({ description, notesFile }),
    milestones: milestone === false ? [] : milestone,
    releasedAt,
    prerelease,
    makeLatest: makeLatest?.toUpperCase(),
  }
}

async function notesOf({ description, notesFile }: Pick<ValueOptions, 'description' | 'notesFile'>) {
  if (notesFile !== undefined) return readNotes(notesFile)
  return description === undefined ? undefined : readDescription(description)
}

async function create({ ref, tagMessage, generateNotes, assetsLink, ...options }: CreateOptions): Promise<void> {
  const target = targetOf(options)
  const tag = tagOf(options)
  const values = {
    ref: ref || environment('CI_COMMIT_SHA'),
    tagMessage,
    generateNotes,
    assets: { links: assetsLink },
    ...(await valuesOf(options)),
  }
  if (options.draft) {
    const draft = await createDraft(target, tag, values)
    return print(options, draft, draftDoneLine('Wrote', draft))
  }
  const release = await createRelease(target, tag, values)
  print(options, release, doneLine('Created', release))
}

async function update(options: UpdateOptions): Promise<void> {
  const target = targetOf(options)
  const changes = await valuesOf(options)
  if (Object.values(changes).every((value) => value === undefined)) {
    throw new UsageError(
      'What is to change? Give --name, --description, --notes-file, --milestone, --no-milestone, --released-at, ' +
        '--prerelease, --no-prerelease or --make-latest',
    )
  }
  if (options.draft) {
    const draft = await updateDraft(target, tagOf(options), changes)
    return print(options, draft, draftDoneLine('Changed', draft))
  }
  const release = await updateRelease(target, tagOf(options), changes)
  print(options, release, doneLine('Changed', release))
}

async function publish(options: TargetOptions & TagOptions): Promise<void> {
  const release = await publishRelease(targetOf(options), tagOf(options))
  print(options, release, doneLine('Published', release))
}

async function remove(options: TargetOptions & TagOptions & DraftOptions): Promise<void> {
  if (options.draft) {
    const draft = await deleteDraft(targetOf(options), tagOf(options))
    return print(options, draft, draftDoneLine('Deleted', draft))
  }
  const release = await deleteRelease(targetOf(options), tagOf(options))
  print(options, release, doneLine('Deleted', { ...release, selfUrl: null }))
}

const collect = (title: string, before: string[] | false = []) => [...(before || []), title]

const withValues = (command: Command) =>
  withTag(withTarget(command))
    .option('--name <name>', 'title; the tag by default')
    .option(
      '--description <text-or-file>',
      'release notes in Markdown, or where to read them: a file or pipe that exists, or - for standard input',
    )
    .addOption(
      new Option(
        '--notes-file <file>',
        'where to read the notes, - for standard input; fails when it cannot',
      ).conflicts('description'),
    )
    .option('--milestone <title>', 'milestone; repeat it for more', collect)
    .option('--released-at <date>', 'when it was or will be published, in ISO 8601', parseDate)
    .option('--prerelease', 'call it a prerelease, whatever its version says')
    .option('--no-prerelease', 'call it no prerelease, whatever its version says')
    .addOption(
      new Option('--make-latest <mark>', 'whether to mark it as the latest; auto takes its mark away').choices([
        'auto',
        'yes',
      ]),
    )

export const createCommand = () =>
  withValues(new Command('create').description('Publish a release, and create its tag if it is missing.'))
    .option('--ref <ref>', 'branch or commit for a missing tag (CI_COMMIT_SHA)')
    .option('--tag-message <text>', 'makes a missing tag annotated')
    .option('--generate-notes', 'append notes from what was done since the previous version')
    .option('--draft', 'keep it back until `release publish`')
    .option('--assets-link <json>', 'link, or an array of them; repeat it for more', parseAssetsLink)
    .action(create)

export const updateCommand = () =>
  withValues(new Command('update').description('Change the given values of a release.'))
    .option('--no-milestone', 'without milestones')
    .option('--draft', 'change the draft of the tag')
    .action(update)

export const deleteCommand = () =>
  withTag(withTarget(new Command('delete').description('Delete a release. Its tag stays.')))
    .option('--draft', 'delete the draft of the tag')
    .action(remove)

export const publishCommand = () =>
  withTag(
    withTarget(new Command('publish').description('Publish a draft, and create its tag if it is missing.')),
  ).action(publish)
