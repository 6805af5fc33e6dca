/** A file that was dropped on another page, kept until the page of imports takes it. */
let waiting: File | null = null;

export function drop(file: File): void {
  waiting = file;
}

export function takeDropped(): File | null {
  const file = waiting;
  waiting = null;
  return file;
}
