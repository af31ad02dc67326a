/** Files, which go to and from the bucket directly, without the key. */

import type { Connection } from "./connection.js";
import type { FileRef, Schemas, Upload } from "./documents.js";
import { unless } from "./errors.js";

export async function upload(
  connection: Connection,
  content: Blob,
  contentType: string,
  signal?: AbortSignal,
): Promise<Upload> {
  const body = { content_type: contentType, size: content.size };
  const answer = await connection.send("POST", "/v1/uploads", { body, signal });
  const { upload_id, url, method, headers: given } = answer.body as Schemas["Upload"];
  const headers = new Headers(given);
  headers.delete("Content-Length"); // `fetch` sets it
  // Node's `fetch` keeps a copy of a body that it could have to send again, to where a redirect leads.
  const request: RequestInit = { method, headers, body: content, redirect: "error" };
  // The URL is ours alone. So if it has been used, an answer to this upload was lost.
  await unless("http_412", connection.bucket(url, request, signal));
  return { upload_id };
}

export async function download(
  connection: Connection,
  file: FileRef,
  signal?: AbortSignal,
): Promise<Response> {
  return connection.bucket(await connection.signedUrl(file.url, signal), {}, signal);
}
