/** Works on so many items at a time, and takes the next one only when it has room. Fails with the first failure. */
export async function inParallel<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const running = new Set<Promise<unknown>>()
  try {
    for await (const item of items) {
      const one: Promise<unknown> = work(item).then(() => running.delete(one))
      running.add(one)
      if (running.size >= most) await Promise.race(running)
    }
  } finally {
    // What has begun must not go on alone, and `all` below reports its failures.
    await Promise.allSettled(running)
  }
  await Promise.all(running)
}
