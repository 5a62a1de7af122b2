import { z } from 'zod'
import type { FileDiff } from '../../../git/diffs.ts'

export const DiffBody = z
  .object({
    old_path: z.string(),
    new_path: z.string(),
    a_mode: z.string(),
    b_mode: z.string(),
    diff: z.string(),
    new_file: z.boolean(),
    renamed_file: z.boolean(),
    deleted_file: z.boolean(),
    too_large: z.boolean(),
  })
  .meta({ id: 'Diff', description: '`diff` is empty where it is `too_large`, and where no line changes.' })

export const presentDiff = (file: FileDiff, unidiff: boolean): z.output<typeof DiffBody> => ({
  old_path: file.oldPath,
  new_path: file.newPath,
  a_mode: file.oldMode,
  b_mode: file.newMode,
  diff: unidiff ? file.header + file.diff : file.diff,
  new_file: file.isNew,
  renamed_file: file.isRenamed,
  deleted_file: file.isDeleted,
  too_large: file.isTooLarge,
})
