import { Command, InvalidArgumentError } from 'commander'
import { exportEvidence } from '../client/evidence-operations.ts'
import { verifyCommand } from './evidence-verify.ts'
import { type TagOptions, type TargetOptions, tagOf, targetOf, withTag, withTarget } from './release-target.ts'

function parseId(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be the number of the evidence, as in its URL.')
}

type ExportOptions = TargetOptions & TagOptions & { id?: number }

async function print(options: ExportOptions): Promise<void> {
  const bundle = await exportEvidence(targetOf(options), tagOf(options), options.id)
  process.stdout.write(`${JSON.stringify(bundle, null, 2)}\n`)
}

const exportCommand = () =>
  withTag(withTarget(new Command('export')))
    .description('Print evidence of a release as a bundle: the document, its digest and its signature, as JSON.')
    .option('--id <number>', 'which evidence; the newest by default', parseId)
    .action(print)

async function rotate(): Promise<void> {
  const { rotateKey } = await import('./operator/rotate-key.ts')
  const { kid } = await rotateKey()
  process.stdout.write(`Evidence is signed with the key ${kid} from now on; older keys stay published.\n`)
}

const rotateKeyCommand = () =>
  new Command('rotate-key')
    .description('Retire the key that signs evidence and make a new one. What was signed can still be verified.')
    .action(rotate)

export const evidenceCommand = () =>
  new Command('evidence')
    .description('Verify evidence, export it, and change the key that signs it.')
    .addCommand(verifyCommand())
    .addCommand(exportCommand())
    .addCommand(rotateKeyCommand())
