import { Readable } from 'node:stream'
import { AppError, invalid } from '../../foundation/errors.ts'
import type { RefChange } from '../../git/pushed-refs.ts'

/** Room for some 30,000 refs in one push. */
const MAX_COMMAND_BYTES = 4 * 1024 ** 2
const MAX_OPTIONS = 100
const MAX_OPTION_BYTES = 4096
const LENGTH_DIGITS = 4
const MAX_PACKET_BYTES = 65_520

const COMMAND = /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^\0\n]+)$/
const SHALLOW = /^shallow (?:[0-9a-f]{40}|[0-9a-f]{64})$/

export type Push = {
  changes: RefChange[]
  /** What the client understands, such as `side-band-64k`. */
  capabilities: ReadonlySet<string>
  /** The options of `git push -o`, such as `ci.skip`. They may contain secrets. They change nothing here. */
  options: readonly string[]
  /** The body of the request from its first byte on. */
  body: Readable
}

const malformed = () => invalid('This is no push that git would send')

/** Reads the beginning of a stream, and then gives the whole stream again. */
class Head {
  readonly #source: AsyncIterator<Buffer>
  #read = Buffer.alloc(0)
  #at = 0

  constructor(source: Readable) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async take(bytes: number): Promise<Buffer> {
    while (this.#read.length < this.#at + bytes) {
      if (this.#at + bytes > MAX_COMMAND_BYTES)
        throw new AppError('TOO_LARGE', 'Push fewer branches and tags at a time')
      // Reading fails when the client breaks off, and when it declares gzip and sends something else.
      const { value, done } = await this.#source.next().catch(() => {
        throw malformed()
      })
      if (done) throw malformed()
      this.#read = Buffer.concat([this.#read, value])
    }
    this.#at += bytes
    return this.#read.subarray(this.#at - bytes, this.#at)
  }

  async *whole(): AsyncGenerator<Buffer> {
    yield this.#read
    for (let part = await this.#source.next(); !part.done; part = await this.#source.next()) yield part.value
  }
}

/** Null when the list ends. */
async function readLine(head: Head): Promise<string | null> {
  const digits = (await head.take(LENGTH_DIGITS)).toString('latin1')
  const length = /^[0-9a-f]{4}$/i.test(digits) ? Number.parseInt(digits, 16) : -1
  if (length === 0) return null
  if (length < LENGTH_DIGITS || length > MAX_PACKET_BYTES) throw malformed()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await head.take(length - LENGTH_DIGITS))
  } catch (error) {
    throw error instanceof TypeError ? invalid('Names of branches and tags, and push options, must be UTF-8') : error
  }
}

/** Reads capabilities like git does: every command may have some, and a value may follow the name. */
const capabilityNames = (text: string) =>
  text.split(/[ \t\r\n]+/).map((capability) => capability.split('=', 1)[0] ?? '')

async function readCommands(head: Head): Promise<Pick<Push, 'changes' | 'capabilities'>> {
  const changes: RefChange[] = []
  const capabilities = new Set<string>()
  for (let line = await readLine(head); line !== null; line = await readLine(head)) {
    const [text = '', extra] = line.replace(/\n$/, '').split('\0', 2)
    const [, before, after, ref] = COMMAND.exec(text) ?? []
    if (before !== undefined && after !== undefined && ref !== undefined) changes.push({ ref, before, after })
    else if (!SHALLOW.test(text)) throw malformed()
    if (extra !== undefined) for (const name of capabilityNames(extra)) capabilities.add(name)
  }
  return { changes, capabilities }
}

/** The options come between the commands and the objects, if the client sends options. */
async function readOptions(head: Head): Promise<string[]> {
  const options: string[] = []
  for (let line = await readLine(head); line !== null; line = await readLine(head)) {
    const option = line.replace(/\n$/, '')
    if (options.length === MAX_OPTIONS) throw invalid(`A push takes ${MAX_OPTIONS} push options at most`)
    if (Buffer.byteLength(option) > MAX_OPTION_BYTES) {
      throw invalid(`A push option is too long (maximum is ${MAX_OPTION_BYTES} bytes)`)
    }
    options.push(option)
  }
  return options
}

/**
 * Reads what a push asks for, which comes before its objects (gitprotocol-pack). Git then gets the same bytes. So anything that
 * git would read differently, for example a signed push, is refused.
 */
export async function readPush(request: Readable): Promise<Push> {
  const head = new Head(request)
  try {
    const commands = await readCommands(head)
    const options = commands.capabilities.has('push-options') ? await readOptions(head) : []
    return { ...commands, options, body: Readable.from(head.whole(), { objectMode: false }) }
  } catch (error) {
    request.destroy()
    throw error
  }
}
