import { forgetLoaded } from '../../context/context.ts'
import type { Visibility } from '../../generated/prisma/enums.ts'
import { type ImportProgress, subjects } from '../../modules/imports/import-progress.ts'
import { importProject } from '../../modules/imports/import-project.ts'
import type { SourceKind } from '../../modules/imports/sources/source.ts'
import { reachable } from '../../outgoing/reachable.ts'
import { createStorage } from '../../storage/create-storage.ts'
import { environment } from '../server-options.ts'
import { terminalProgress } from '../terminal-progress.ts'
import { type Audience, audienceLines, audienceOf } from './import-audience.ts'
import { asOperator } from './operator-context.ts'

export type FromOptions = {
  project: string
  from: string
  source?: string
  kind?: SourceKind
  token?: string
  visibility?: Visibility
}

export function importedLines(
  project: string,
  { counts, left, leftCount }: ImportProgress,
  audience: Audience,
): string[] {
  const lines = subjects.map((subject) => {
    const { created, updated, unchanged } = counts[subject]
    return `  ${subject.replace('_', ' ')}s: ${created} created, ${updated} updated, ${unchanged} unchanged`
  })
  const more = leftCount - left.length
  return [
    `Imported into ${project}:`,
    ...lines,
    ...left.map((line) => `Left: ${line}`),
    ...(more > 0 ? [`Left: ${more} more`] : []),
    ...audienceLines(audience),
  ]
}

const doneSoFar = ({ step, counts }: ImportProgress) =>
  `${step}: ${subjects.map((subject) => `${counts[subject].created + counts[subject].updated} ${subject}s`).join(', ')}`

/** The same import as the mutation's, by the operator, who may also create the project. */
export function importFrom(options: FromOptions): Promise<{ progress: ImportProgress; audience: Audience }> {
  const { project: projectPath, from: url, source = projectPath, kind = null, visibility } = options
  const token = options.token ?? environment('WAYBILL_IMPORT_TOKEN') ?? null
  const terminal = terminalProgress()
  return asOperator(async (context, config) => {
    const input = { projectPath, source: { url, path: source, kind, token }, visibility }
    const progress = await importProject(input, {
      storage: createStorage(config),
      mayReach: reachable(config.allowedPrivateAddresses),
      renew: async () => {
        forgetLoaded(context)
        return context
      },
      onProgress: async (soFar) => terminal.show(doneSoFar(soFar)),
    }).finally(terminal.clear)
    return { progress, audience: await audienceOf(projectPath, config) }
  })
}
