// All attacks run at the same time, because each lasts as long as the server's patience.
import type { Attack } from './attack.ts'
import { post } from './graphql-texts.ts'
import { bytes, head, type Piece } from './wire.ts'

/** The server ends a request whose body or head does not arrive for this long. */
const PATIENCE_MS = 35_000

const slowly = function* (start: string, piece: Piece): Generator<Piece> {
  yield start
  for (;;) yield piece
}
const wire = { listenMs: PATIENCE_MS, pauseMs: 0 }
const still = (text: string) => bytes(() => [text], wire)
const dripping = (start: string, pauseMs: number, piece = 'x') =>
  bytes(() => slowly(start, piece), { listenMs: 1_000, pauseMs })

const json = 'Content-Type: application/json'
const graphql = head('POST /graphql HTTP/1.1', json, 'Content-Length: 90000')
const bodyOf = (query: string) => String(post({ query }).body)

const row = (name: string, send: Attack['send'], statuses: readonly number[] = [408]): Attack => ({
  name,
  send,
  statuses,
  ms: PATIENCE_MS + 2_000,
})

export const slowAttacks: readonly Attack[] = [
  row('A GraphQL body that stands still after a byte', still(`${graphql}{`)),
  row(
    'A GraphQL body in chunks that stands still',
    still(`${head('POST /graphql HTTP/1.1', json, 'Transfer-Encoding: chunked')}1\r\n{\r\n`),
  ),
  row(
    'A GraphQL body of 5 MB that stands still',
    still(`${head('POST /graphql HTTP/1.1', json, 'Content-Length: 5000000')}${bodyOf('{a}')}`),
    // A client without an account may not send that much.
    [408, 413],
  ),
  row('A GraphQL body that comes a byte every 500 ms', dripping(graphql, 500, ' ')),
  row(
    'A body of REST that stands still',
    still(head('POST /api/v4/projects/1/releases HTTP/1.1', json, 'Content-Length: 90000')),
    [401, 404, 408],
  ),
  row(
    'A form that comes a byte every 500 ms',
    dripping(
      head(
        'POST /api/v4/projects/1/releases HTTP/1.1',
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 90000',
      ),
      500,
      'a',
    ),
    [401, 404, 408],
  ),
  row(
    'A fetch of git that stands still',
    still(head('POST /demo/waybill.git/git-upload-pack HTTP/1.1', 'Content-Length: 1000')),
  ),
  row('A head that stands still', still('GET /ready HTTP/1.1\r\nHost: x\r\n'), [0, 408]),
  row('A head that comes a byte every 500 ms', dripping('GET /ready HTTP/1.1\r\nHost: x\r\nX: ', 500), [0, 408]),
]
