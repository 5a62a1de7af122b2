import { bring, isRecorded, type Run } from './bring.ts'
import type { OpenedSource } from './sources/open-source.ts'
import { writeGroupMilestone, writeMilestone } from './write-planning.ts'

/** A title is what a milestone of a group is known by, because its number is one of the group. */
const groupKey = (title: string) => `of the group ${title}`

export async function bringMilestones(run: Run, source: OpenedSource): Promise<void> {
  const { project } = run
  const isOfGroup = (title: string) => isRecorded(run, 'milestone', groupKey(title))
  await bring(run, {
    subject: 'milestone',
    pages: source.milestones(),
    keyOf: ({ iid, title }) => (iid === null ? title : String(iid)),
    write: (context, row, isKnown) => writeMilestone(context, row, { project, isKnown, isOfGroup }),
  })
}

/**
 * Brings the milestones of groups at the source that the rows of a page have, before the page. They become milestones of the project, as
 * those of a project do that moves to another group.
 */
export async function* afterGroupMilestones<Row>(run: Run, source: OpenedSource, pages: AsyncIterable<Row[]>) {
  const { project } = run
  for await (const page of pages) {
    const rows = source.groupMilestones()
    await bring(run, {
      subject: 'milestone',
      pages: rows.length > 0 ? [rows] : [],
      keyOf: ({ title }) => groupKey(title),
      write: (context, row, isKnown) => writeGroupMilestone(context, row, { project, isKnown }),
    })
    yield page
  }
}
