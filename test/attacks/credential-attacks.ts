import type { Attack } from './attack.ts'
import { flood, inTurn } from './wire.ts'

const SECRET = '/api/v4/projects/demo%2Fsecret/releases'

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (header: object, signature = '') => `${base64url(header)}.${base64url({ sub: '1', exp: 9e9 })}.${signature}`

/** Headers that would choose a key or an algorithm if the server believed them. */
const FORGED_JWTS = [
  jwt({ alg: 'none' }),
  jwt({ alg: 'NONE', typ: 'JWT' }),
  jwt({ alg: 'RS256', jku: 'http://127.0.0.1:1/keys' }, 'AAAA'),
  jwt({ alg: 'HS256', kid: '../../../../etc/passwd' }, 'AAAA'),
  jwt({ alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } }, 'AAAA'),
  jwt({ alg: 'RS256', x5u: 'http://127.0.0.1:1/certificate' }, 'AAAA'),
  jwt({ alg: 'ES256', crit: ['b64'], b64: false }, 'AAAA'),
  'a.b.c',
  '...',
]

export const credentialAttacks: readonly Attack[] = [
  {
    name: '1,000 wrong tokens',
    send: flood(1_000, (n) => ({ path: SECRET, headers: { 'private-token': `wrong-${n}` } })),
    statuses: [401, 429],
    ms: 8_000,
  },
  {
    name: '200 tokens of 8 KB',
    send: flood(200, (n) => ({ path: SECRET, headers: { authorization: `Bearer ${n}${'t'.repeat(8_000)}` } })),
    statuses: [401, 429],
  },
  {
    name: 'Tokens that say which key or algorithm is to be believed',
    send: inTurn(
      ...FORGED_JWTS.flatMap((token) => [
        { path: SECRET, headers: { authorization: `Bearer ${token}` } },
        { path: SECRET, headers: { 'job-token': token } },
      ]),
    ),
    statuses: [401],
  },
]
