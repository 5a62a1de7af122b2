import { MAX_INTEGER } from '../../../foundation/limits.ts'
import { NEWEST_EVIDENCE } from '../../../modules/releases/release-urls.ts'

/** The part of a release that is asked for: its page, its newest evidence, or the target of one of its links. */
type Part = { download: string | null; evidence: boolean }

/** What the path after `/-/releases/` names. */
export type ReleasePath = { latest: true; suffix: string[] } | (Part & ({ id: number } | { tag: string }))

const endOf = (segments: readonly string[], marker: number, evidence: boolean) => {
  if (marker > 0 && marker < segments.length - 1) return marker
  return evidence ? segments.length - 1 : segments.length
}

/**
 * The slashes of a tag need not be encoded. The tag ends before the first `downloads`, or before an `evidence.json` at the end of
 * the path. A tag that contains such a segment, or that begins with `id/` or `permalink/`, must have its slashes encoded. They
 * are encoded in every URL that the server gives.
 */
export function parseReleasePath(segments: readonly string[]): ReleasePath {
  const [first = '', second = '', ...rest] = segments
  if (first === 'permalink' && second === 'latest') return { latest: true, suffix: rest }
  const marker = segments.indexOf('downloads', 1)
  const asksEvidence = segments.length > 1 && segments.at(-1) === NEWEST_EVIDENCE
  const end = endOf(segments, marker, asksEvidence)
  const isDownload = end === marker
  const part = {
    download: isDownload ? segments.slice(end + 1).join('/') : null,
    evidence: asksEvidence && !isDownload,
  }
  if (first === 'id' && end === 2 && /^\d{1,10}$/.test(second))
    return { id: Math.min(Number(second), MAX_INTEGER), ...part }
  return { tag: segments.slice(0, end).join('/'), ...part }
}
