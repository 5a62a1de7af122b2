// The configuration file of GitLab's changelogs (docs/contract/changelog.md).
import { parse } from 'yaml'
import { z } from 'zod'
import { readBlob } from '../../git/blobs.ts'
import { findEntry } from '../../git/tree-entries.ts'
import { changelogFailure } from './changelog-failure.ts'
import { parseTemplate, type Template } from './template.ts'

export const DEFAULT_CONFIG_FILE = '.gitlab/changelog_config.yml'

const MAX_BYTES = 64 * 1024
const MAX_GROUPS = 20

const CHANGELOG = `\
{% if categories %}
{% each categories %}
### {{ title }} ({% if single_change %}1 change{% else %}{{ count }} changes{% end %})

{% each entries %}
- [{{ title }}]({{ commit.web_url }})\\
{% if author.credit %} by {{ author.reference }}{% end %}

{% end %}

{% end %}
{% else %}
No changes.
{% end %}
`

const NOTES = `\
{% each categories %}
### {{ title }}

{% each entries %}
- [{{ title }}]({{ commit.web_url }})\\
{% if author.credit %} by {{ author.reference }}{% end %}

{% end %}

{% end %}
{% if issues %}
### Closed issues

{% each issues %}
- [{{ title }}]({{ web_url }})
{% end %}

{% end %}
{% if contributors %}
### First contributions

{% each contributors %}
- {{ name }} in [{{ title }}]({{ commit.web_url }})
{% end %}

{% end %}
`

const text = z.string().max(MAX_BYTES)
const template = (otherwise: string) => text.nullish().transform((source) => parseTemplate(source || otherwise))

/** Unknown keys are ignored. */
const Config = z.object({
  categories: z
    .record(text, text)
    .nullish()
    .transform((titles) => new Map(Object.entries(titles ?? {}))),
  include_groups: z
    .array(text)
    .max(MAX_GROUPS)
    .nullish()
    .transform((paths) => paths ?? []),
  date_format: text.nullish().transform((format) => format || '%Y-%m-%d'),
  tag_regex: z
    .string()
    .max(1024)
    .nullish()
    .transform((source) => source || null),
  template: template(CHANGELOG),
  release_notes_template: template(NOTES),
})

export type ChangelogConfig = {
  /** The titles of categories, by the value of a trailer or the type of a commit. */
  categories: ReadonlyMap<string, string>
  /** Full paths of groups whose members are credited. */
  include_groups: readonly string[]
  date_format: string
  tag_regex: string | null
  template: Template
  release_notes_template: Template
}

/** Refuses aliases, because a few of them can stand for a text of any size. */
function parseConfig(source: string): ChangelogConfig {
  try {
    const parsed = Config.safeParse(parse(source, { maxAliasCount: 0, logLevel: 'silent' }) ?? {})
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new Error(`${issue?.path.join('.')} is invalid`)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0]?.slice(0, 200) : ''
    throw changelogFailure(`the configuration file is wrong: ${reason}`)
  }
}

/** The configuration at a commit. Without a file, or without a commit, everything has its default. */
export async function readConfig(repository: string, sha: string | null, path: string): Promise<ChangelogConfig> {
  const isPath = path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  const entry = sha === null || !isPath ? null : await findEntry(repository, sha, path)
  if (entry?.type !== 'blob') return parseConfig('')
  if ((entry.size ?? 0) > MAX_BYTES) throw changelogFailure(`the configuration file has more than ${MAX_BYTES} bytes`)
  const content = await readBlob(repository, entry.id, MAX_BYTES)
  return parseConfig(content?.toString('utf8') ?? '')
}
