import type { Refusal } from '../../modules/pushes/check-push.ts'
import { END, MAX_CHUNK_BYTES, PROGRESS, packet, REPORT } from './packets.ts'
import type { Push } from './push-commands.ts'

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += MAX_CHUNK_BYTES) yield content.subarray(at, at + MAX_CHUNK_BYTES)
}

function reportOf({ changes }: Push, refusals: readonly Refusal[]): Buffer {
  const refused = new Set(refusals.map(({ ref }) => ref))
  const lines = changes.map(
    ({ ref }) => `ng ${ref} ${refused.has(ref) ? 'refused' : 'not pushed because of another'}\n`,
  )
  return Buffer.concat([packet('unpack ok\n'), ...lines.map((line) => packet(line)), Buffer.from(END)])
}

/** The answer to a push that changes nothing (gitprotocol-pack, "Report Status"), with the reasons in words. `notice` comes first. */
export function pushRefusal(push: Push, refusals: readonly Refusal[], notice: string | null): Buffer {
  const { capabilities } = push
  const reports = capabilities.has('report-status') || capabilities.has('report-status-v2')
  const report = reports ? reportOf(push, refusals) : Buffer.alloc(0)
  if (!capabilities.has('side-band-64k')) return report
  const texts = [...(notice === null ? [] : [notice]), ...refusals.map(({ ref, reason }) => `${ref}: ${reason}\n`)]
  const messages = texts.map((text) => packet(text, PROGRESS))
  return Buffer.concat([...messages, ...[...chunksOf(report)].map((chunk) => packet(chunk, REPORT)), Buffer.from(END)])
}
