import type { Attack } from './attack.ts'
import { flood, inTurn, send } from './wire.ts'

const path = (name: string, one: string, more: Partial<Attack> = {}): Attack => ({
  name,
  send: send({ path: one }),
  statuses: [400, 404, 414, 431],
  ms: 500,
  ...more,
})

export const pathAttacks: readonly Attack[] = [
  path('A path of 5,000 times /-/', '/-/'.repeat(5_000)),
  path('A path of 5,000 times /-/ that ends in an archive', `${'/-/'.repeat(5_000)}archive/x/y.zip`),
  path('A path of 7,000 times -/', `/${'-/'.repeat(7_000)}releases`),
  path('A path of 3,500 times a/-/', `/${'a/-/'.repeat(3_500)}package_files/1/download`),
  path('A path of 15,000 slashes', '/'.repeat(15_000)),
  path('A path of 5,000 encoded slashes', `/${'%2F'.repeat(5_000)}/-/releases`),
  path('A path of 5,000 times ../', `/${'../'.repeat(5_000)}etc/passwd`),
  path('A path of 2,500 times %2e%2e/', `/demo/waybill/-/archive/${'%2e%2e/'.repeat(2_000)}x.zip`),
  path('A git path of 5,000 segments', `/${'a/'.repeat(5_000)}b.git/info/refs?service=git-upload-pack`, {
    statuses: [401, 404, 414],
  }),
  path('A path of REST of 5,000 segments', `/api/v4/projects/${'a/'.repeat(5_000)}releases`),
  path('A tag of 5,000 encoded slashes', `/api/v4/projects/demo%2Fwaybill/releases/${'a%2F'.repeat(3_500)}x`),
  {
    name: 'Ten long paths at once, ten times',
    send: flood(100, (n) => ({ path: `${'/-/'.repeat(4_900)}${n}` }), 10),
    statuses: [400, 404, 414, 429, 431],
  },
  {
    name: 'Paths with NUL, with an invalid encoding and with what is no text',
    send: inTurn(
      ...[
        '/demo/%00',
        '/demo/waybill/-/releases/%',
        '/demo/waybill/-/releases/%ff%fe',
        '/%e0%80%af',
        '/api/v4/projects/%zz',
      ]
        .concat(['/demo/waybill/-/archive/%00.zip', '/demo/waybill.git/info/refs?service=%00', '/demo%00/x.git/HEAD'])
        .concat([
          '/graphql?query=%',
          '/graphql?query=%00',
          '/graphql?variables={',
          '/demo/waybill/-/releases/v1.0.0/downloads/%c0',
        ])
        .map((one) => ({ path: one })),
    ),
    statuses: [200, 400, 401, 403, 404, 405, 406],
  },
  path('A query string of 15,000 characters to a page', `/demo/waybill/-/releases?${'a=1&'.repeat(3_700)}`, {
    statuses: [200, 400, 414, 431],
  }),
]
