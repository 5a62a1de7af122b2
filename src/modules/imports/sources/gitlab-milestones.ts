import { z } from 'zod'
import { MilestoneState } from '../../../generated/prisma/enums.ts'
import { number, type SourceMilestone, time } from './source.ts'

export const day = time.nullish().transform((date) => date ?? null)

const Milestones = z.array(
  z.object({
    iid: number,
    title: z.string(),
    description: z.string().nullish(),
    state: z.enum(MilestoneState),
    start_date: day,
    due_date: day,
  }),
)

/** A milestone as an issue or a release shows it. */
export const Shown = z.object({
  title: z.string(),
  /** Of a milestone of a group. */
  group_id: z.int().nullish(),
  description: z.string().nullish(),
  state: z.enum(MilestoneState).default('active'),
  start_date: day,
  due_date: day,
})

type Row = Pick<z.output<typeof Shown>, 'title' | 'description' | 'state' | 'start_date' | 'due_date'>

const toMilestone = <Given extends Row>({ start_date: startDate, due_date: dueDate, description, ...row }: Given) => {
  return { ...row, startDate, dueDate, description: description ?? null }
}

/** The milestones of the project, and those of the groups above it that its issues and releases have. */
export function gitlabMilestones(list: (rest: string) => AsyncIterable<unknown>) {
  const titles = new Set<string>()
  let ofGroups: SourceMilestone[] = []
  return {
    async *own() {
      for await (const page of list('milestones')) {
        const rows = Milestones.parse(page).map(toMilestone)
        for (const { title } of rows) titles.add(title)
        yield rows
      }
    },
    /** A title that the project has, too, is the project's. */
    note(rows: z.output<typeof Shown>[]) {
      for (const { group_id: group, ...row } of rows) {
        if (group == null || titles.has(row.title)) continue
        titles.add(row.title)
        ofGroups.push({ ...toMilestone(row), iid: null })
      }
    },
    takeOfGroups() {
      const taken = ofGroups
      ofGroups = []
      return taken
    },
  }
}
