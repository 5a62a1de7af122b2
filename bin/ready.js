#!/usr/bin/env node
// Exits with 0 when the server of this machine is ready, and with 1 when it is not so many seconds later: `ready.js 300`.
import { setTimeout } from 'node:timers/promises'

const end = Date.now() + Number(process.argv[2] ?? 0) * 1000
const url = `http://127.0.0.1:${process.env.PORT || 4000}/ready`
const isReady = () =>
  fetch(url).then(
    (answer) => answer.ok,
    () => false,
  )

for (;;) {
  if (await isReady()) process.exit(0)
  if (Date.now() >= end) process.exit(1)
  await setTimeout(500)
}
