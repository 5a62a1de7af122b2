// A sign-in that is under way at the provider. The browser keeps it in a cookie that only the servers can read, so no server needs
// to remember it.
import { hkdfSync } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import { z } from 'zod'
import type { Expected, ProviderSettings } from '../../../authentication/openid-provider.ts'

export const PENDING_SECONDS = 600

const Pending = z.object({ state: z.string(), nonce: z.string(), verifier: z.string(), returnTo: z.string() })

type PendingSignIn = Expected & { returnTo: string }

/** All servers of an operator have the key, because they have the secret of the client. */
export function createPendingSignIns({ issuer, clientId, clientSecret }: ProviderSettings) {
  const key = new Uint8Array(hkdfSync('sha256', clientSecret, `${issuer} ${clientId}`, 'waybill sign-in', 32))
  return {
    seal: (pending: PendingSignIn): Promise<string> =>
      new EncryptJWT({ ...pending })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(`${PENDING_SECONDS}s`)
        .encrypt(key),

    /** Null when the cookie is missing, too old or not ours. */
    open: async (sealed: string | null): Promise<PendingSignIn | null> => {
      if (sealed === null) return null
      const opened = await jwtDecrypt(sealed, key).catch(() => null)
      return Pending.safeParse(opened?.payload).data ?? null
    },
  }
}
