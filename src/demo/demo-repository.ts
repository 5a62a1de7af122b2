import { runGit } from '../git/git.ts'
import { initRepository } from '../git/repositories.ts'
import { releaseNotes } from './demo-notes.ts'
import { demoPeople } from './demo-people.ts'

type Author = 'maintainer' | 'developer'
type DemoCommit = { daysAgo: number; author: Author; message: string }
/** A tag without a message is lightweight, and its release gets the date of the commit. */
type DemoTag = { name: string; commit: number; daysAgo?: number; message?: string }

const DAY_SECONDS = 24 * 60 * 60

const COMMITS: readonly DemoCommit[] = [
  { daysAgo: 210, author: 'maintainer', message: 'Start the project' },
  { daysAgo: 200, author: 'maintainer', message: 'Read releases from tags\n\nChangelog: added' },
  { daysAgo: 160, author: 'developer', message: 'List the newest release first\n\nTies are broken by number.' },
  { daysAgo: 130, author: 'developer', message: 'Offer source archives\n\nChangelog: added' },
  { daysAgo: 90, author: 'maintainer', message: 'Attach links to releases' },
  { daysAgo: 60, author: 'developer', message: 'Sort v0.10.0 after v0.9.0\n\nChangelog: fixed' },
  { daysAgo: 30, author: 'maintainer', message: 'Freeze the API for 1.0' },
  {
    daysAgo: 20,
    author: 'maintainer',
    message: 'Document every field\n\nChangelog: added\nReviewed-by: Ben Example <ben@example.com>',
  },
  { daysAgo: 3, author: 'developer', message: 'Collect evidence\n\nChangelog: added' },
  { daysAgo: 1, author: 'developer', message: 'Plan 2.0' },
]

/** A commit on the branch `stable`, after the commit of v1.0.0. */
const BACKPORT = { daysAgo: 10, author: 'developer', message: 'Keep links when the tag moves', after: 7 } as const

const TAGS: readonly DemoTag[] = [
  { name: 'v0.1.0', commit: 1 },
  { name: 'v0.2.0', commit: 2, daysAgo: 160, message: 'Lists are sorted by date.' },
  { name: 'v0.3.0', commit: 3 },
  { name: 'v0.9.0', commit: 4, daysAgo: 90, message: 'Links of four kinds, each with its own direct path.' },
  { name: 'v0.10.0', commit: 5 },
  { name: 'v1.0.0-rc.1', commit: 6, daysAgo: 30, message: 'Please try it: **1.0** comes in ten days.' },
  { name: 'v1.0.0', commit: 7, daysAgo: 20, message: releaseNotes },
  { name: 'v1.1.0-rc.1', commit: 8 },
]

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`

/** The stream for `git fast-import`. The first commit has the mark 1. */
function streamOf(title: string, now: Date): string {
  const person = (role: string, who: Author, daysAgo: number) => {
    const seconds = Math.floor(now.getTime() / 1000) - daysAgo * DAY_SECONDS
    return `${role} ${demoPeople[who].name} <${demoPeople[who].email}> ${seconds} +0000\n`
  }
  const commit = (branch: string, mark: number, { daysAgo, author, message }: DemoCommit, from = '') => {
    const people = person('author', author, daysAgo) + person('committer', author, daysAgo)
    const file = data(`# ${title}\n\n${message}\n`)
    return `commit refs/heads/${branch}\nmark :${mark}\n${people}${data(`${message}\n`)}${from}M 100644 inline README.md\n${file}\n`
  }
  const tag = ({ name, commit: at, daysAgo = 0, message }: DemoTag) =>
    message === undefined
      ? `reset refs/tags/${name}\nfrom :${at + 1}\n\n`
      : `tag ${name}\nfrom :${at + 1}\n${person('tagger', 'maintainer', daysAgo)}${data(message)}`
  return [
    ...COMMITS.map((entry, at) => commit('main', at + 1, entry)),
    commit('stable', COMMITS.length + 1, BACKPORT, `from :${BACKPORT.after + 1}\n`),
    ...TAGS.map(tag),
    'done\n',
  ].join('')
}

/** A bare repository with two branches and eight tags, all dated relative to now. */
export async function buildDemoRepository(directory: string, { title, now }: { title: string; now: Date }) {
  await initRepository(directory)
  await runGit(directory, ['fast-import', '--quiet', '--done'], { input: streamOf(title, now) })
}
