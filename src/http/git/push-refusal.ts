import type { Refusal } from '../../modules/pushes/check-push.ts'
import type { Push } from './push-commands.ts'

/** A packet has at most 65,520 bytes, with its length and its channel. */
const MAX_CHUNK_BYTES = 65_000
const REPORT = '\x01'
const PROGRESS = '\x02'
const END = '0000'

function packet(text: string | Buffer, channel = ''): Buffer {
  const content = Buffer.concat([Buffer.from(channel), Buffer.from(text)])
  return Buffer.concat([Buffer.from((content.length + END.length).toString(16).padStart(END.length, '0')), content])
}

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

/** The answer to a push that changes nothing (gitprotocol-pack, "Report Status"), with the reasons in words. */
export function pushRefusal(push: Push, refusals: readonly Refusal[]): Buffer {
  const { capabilities } = push
  const reports = capabilities.has('report-status') || capabilities.has('report-status-v2')
  const report = reports ? reportOf(push, refusals) : Buffer.alloc(0)
  if (!capabilities.has('side-band-64k')) return report
  const messages = refusals.map(({ ref, reason }) => packet(`${ref}: ${reason}\n`, PROGRESS))
  return Buffer.concat([...messages, ...[...chunksOf(report)].map((chunk) => packet(chunk, REPORT)), Buffer.from(END)])
}
