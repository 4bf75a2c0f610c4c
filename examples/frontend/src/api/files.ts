// Files both ways. `<img>` cannot send a token, so a preview is fetched and shown as a blob; with signed addresses of
// pictures, `Preview` becomes an `<img>` and the rest of this file's reading half goes.
import { useEffect, useState } from "react";
import { headers, refused, unreachable, type Problem } from "./client";

async function fetched(href: string, accept: string): Promise<{ blob: Blob; name: string }> {
  const answer = await fetch(href, { headers: { ...headers(), Accept: accept } }).catch(() => null);
  if (answer === null) throw refused(unreachable());
  if (!answer.ok) throw refused((await answer.json()) as Problem);
  return { blob: await answer.blob(), name: nameIn(answer.headers.get("Content-Disposition") ?? "") };
}

const nameIn = (disposition: string): string => {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  return encoded === undefined ? "" : decodeURIComponent(encoded);
};

/** The address of a picture that an `<img>` may have; null until it is there. */
export function usePreview(href: string): string | null {
  const [address, show] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    void fetched(href, "image/*").then(
      ({ blob }) => {
        if (!gone) show((made = URL.createObjectURL(blob)));
      },
      () => undefined, // the caption stays, and a frame without a picture
    );
    return () => {
      gone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [href]);
  return address;
}

/** Open a paper in a window of its own, to be read and printed. */
export async function open(href: string): Promise<void> {
  const tab = window.open("", "_blank"); // now, while the click allows it
  try {
    const { blob } = await fetched(href, "application/pdf");
    const address = URL.createObjectURL(blob);
    if (tab) tab.location.href = address;
    else window.location.assign(address);
  } catch (error) {
    tab?.close();
    throw error;
  }
}

/** Save a file under the name that the server gives it. */
export async function save(href: string, accept: string): Promise<void> {
  const { blob, name } = await fetched(href, accept);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Send a form with a file and tell its progress from 0 to 1, which `fetch` cannot. */
export function send<T>(href: string, form: FormData, more: Record<string, string>, progress: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", href);
    request.responseType = "json";
    for (const [name, value] of Object.entries({ ...headers(), ...more })) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onerror = () => reject(refused(unreachable()));
    request.onload = () => {
      if (request.status < 400) resolve(request.response as T);
      else reject(refused((request.response as Problem | null) ?? unreachable()));
    };
    request.send(form);
  });
}
