/** Submits jobs to a server that drops every second answer, and prints their results. */

import { Claimcheck } from "../src/index.js";

const { CLAIMCHECK_URL: url = "", CLAIMCHECK_KEY: key = "", RUNS = "", AT_ONCE = "" } = process.env;
let now = 0;
const sleep = async (seconds: number) => {
  now += seconds;
};
const client = new Claimcheck({ url, key, repeatSeconds: 1e9, clock: () => now, sleep });
const results: string[] = [];

async function runSome(first: number): Promise<void> {
  for (let number = first; number < Number(RUNS); number += Number(AT_ONCE)) {
    results.push(
      (await client.run<{ text: string }>("echo", { text: `${number}` }, { timeoutSeconds: 1e9 })).text,
    );
  }
}

await Promise.all(Array.from({ length: Number(AT_ONCE) }, (_, first) => runSome(first)));
console.log(JSON.stringify(results));
