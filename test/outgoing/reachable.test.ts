import { expect, test } from 'vitest'
import { addressesOf, checkedLookup, PrivateAddresses, reachable } from '../../src/outgoing/reachable.ts'

const nothing = reachable([])

test('addresses of this machine and of private networks are not reached', () => {
  for (const address of [
    ...[
      '0.0.0.0',
      '10.0.0.1',
      '100.64.0.1',
      '127.0.0.1',
      '127.255.1.1',
      '169.254.169.254',
      '172.16.0.1',
      '192.168.1.1',
    ],
    ...['198.18.0.1', '224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', 'fc00::1'],
    ...['fe80::1', 'fec0::1', 'ff02::1', '64:ff9b::7f00:1', '2001:db8::1', '2002:7f00:1::1', '2001:0:1::1'],
  ]) {
    expect([address, nothing(address)]).toEqual([address, false])
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1', '2a00:1450::1']) {
    expect([address, nothing(address)]).toEqual([address, true])
  }
})

test('the operator allows addresses and ranges, and no others with them', () => {
  const allowed = reachable(PrivateAddresses.parse('10.1.0.0/16, ::1'))
  expect(['10.1.2.3', '::1'].map(allowed)).toEqual([true, true])
  expect(['10.2.0.1', '127.0.0.1', 'fc00::1'].map(allowed)).toEqual([false, false, false])
  for (const wrong of ['localhost', '10.0.0.0/33', '10.0.0.0/x', '1.2.3']) {
    expect([wrong, PrivateAddresses.safeParse(wrong).success]).toEqual([wrong, false])
  }
})

test('a name that leads to this machine is refused when the connection is made', async () => {
  const resolve = (host: string, mayReach: typeof nothing) =>
    new Promise((done) => {
      checkedLookup(mayReach)(host, { all: true }, (error, found) => done(error ? error.message : found))
    })
  expect(await resolve('localhost', nothing)).toContain('is at a private address')
  expect(await resolve('localhost', reachable(['127.0.0.0/8', '::1']))).toContainEqual(
    expect.objectContaining({ address: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) }),
  )
  await expect(addressesOf(new URL('http://2130706433/'), nothing)).rejects.toThrow('127.0.0.1 is at a private address')
})
