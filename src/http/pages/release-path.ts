import { NEWEST_EVIDENCE } from '../../modules/releases/release-urls.ts'

/** What of a release: its page, its newest evidence, or what a link of it leads to. */
type Part = { download: string | null; evidence: boolean }

/** What a path behind `/-/releases/` names. */
export type ReleasePath = { latest: true; suffix: string[] } | (Part & ({ id: number } | { tag: string }))

/** PostgreSQL's integer. */
const MAX_ID = 2 ** 31 - 1

const endOf = (segments: readonly string[], marker: number, evidence: boolean) => {
  if (marker > 0 && marker < segments.length - 1) return marker
  return evidence ? segments.length - 1 : segments.length
}

/**
 * A tag's slashes may be plain; it ends before the first `downloads`, or before an `evidence.json` at the end. Where that, or its
 * beginning with `id/` or `permalink/`, belongs to the tag, its slashes must be encoded, as they are in every URL that the server
 * gives.
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
  if (first === 'id' && end === 2 && /^\d{1,10}$/.test(second)) return { id: Math.min(Number(second), MAX_ID), ...part }
  return { tag: segments.slice(0, end).join('/'), ...part }
}
