// node bench/spawn.mjs: what starting a process costs Node, by the memory that Node has. Node forks, and the kernel copies its tables of pages.
import { spawn } from 'node:child_process'

const STARTS = 100
const MEGABYTE = 1024 ** 2
const memory = []

const startOne = () => new Promise((resolve, reject) => spawn('/bin/true').on('error', reject).on('close', resolve))

for (const megabytes of [0, 100, 200, 400]) {
  while (memory.length < megabytes) memory.push(Buffer.alloc(MEGABYTE, 1))
  for (let at = 0; at < 10; at++) await startOne()
  const cpu = process.cpuUsage()
  const began = performance.now()
  for (let at = 0; at < STARTS; at++) await startOne()
  const wall = (performance.now() - began) / STARTS
  const { user, system } = process.cpuUsage(cpu)
  const resident = Math.round(process.memoryUsage.rss() / MEGABYTE)
  console.log(
    `${resident} MB: ${wall.toFixed(1)} ms, ${((user + system) / 1000 / STARTS).toFixed(1)} ms of a processor`,
  )
}
