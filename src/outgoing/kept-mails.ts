// Keeps mails in a folder in place of sending them, for a server that has nobody to send them to. Every process writes and reads the
// same folder.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { Mail, Mailer } from './mailer.ts'

/** The newest stay. */
const MOST_MAILS = 100
/** Longer parts of a mail are cut off. */
const MOST_CHARACTERS = 500_000

const KeptMail = z.object({
  id: z.string(),
  at: z.string(),
  to: z.object({ name: z.string(), address: z.string() }),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
})

export type KeptMail = z.output<typeof KeptMail>

export type KeptMails = {
  mailer: Mailer
  /** The mails to an address, the newest first. */
  to: (address: string) => Promise<KeptMail[]>
}

let count = 0

/** Sorts by time; the process and a counter tell mails of one moment apart. */
const newId = (at: Date) => `${at.getTime()}-${process.pid}-${String(++count).padStart(9, '0')}`

const isMail = (file: string) => /^\d+-\d+-\d+\.json$/.test(file)

export function createKeptMails(folder: string): KeptMails {
  const files = async () => (await readdir(folder).catch(() => [])).filter(isMail).sort().reverse()

  /** Null when another process has removed the mail meanwhile, or when it is damaged. */
  const read = async (file: string): Promise<KeptMail | null> => {
    try {
      return KeptMail.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')))
    } catch {
      return null
    }
  }

  async function keep({ to, subject, text, html }: Mail): Promise<void> {
    const at = new Date()
    const id = newId(at)
    const [shortText, shortHtml] = [text, html].map((part) => part.slice(0, MOST_CHARACTERS))
    const kept = { id, at: at.toISOString(), to, subject, text: shortText, html: shortHtml }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const unfinished = path.join(folder, `${id}.unfinished`)
    await writeFile(unfinished, JSON.stringify(kept), { mode: 0o600 })
    await rename(unfinished, path.join(folder, `${id}.json`))
    for (const file of (await files()).slice(MOST_MAILS)) await rm(path.join(folder, file), { force: true })
  }

  return {
    mailer: {
      send: async (mail) => {
        await keep(mail)
        return null
      },
      close: () => {},
    },
    to: async (address) => {
      const mails = await Promise.all((await files()).slice(0, MOST_MAILS).map(read))
      return mails
        .filter((mail) => mail?.to.address.toLowerCase() === address.toLowerCase())
        .filter((mail) => mail !== null)
    },
  }
}
