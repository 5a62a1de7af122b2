import { FlattenedSign } from 'jose'
import type { SigningKey } from '../generated/prisma/client.ts'
import { privateKeyOf } from './signing-keys.ts'

/** `type` names what is signed. The same key signs several kinds of payloads, and no kind may pass as another. */
export async function signDetached(key: SigningKey, { type, payload }: { type: string; payload: string }) {
  const jws = await new FlattenedSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: type })
    .sign(await privateKeyOf(key))
  return `${jws.protected}..${jws.signature}`
}
