/** Circles whose areas are in proportion to how many people are in them, and to how many they share. */

export interface Circle {
  key: string;
  x: number;
  y: number;
  r: number;
}
export interface Region {
  inside: readonly string[];
  count: number;
}
export interface Point {
  x: number;
  y: number;
}

const SMALLEST = 0.06;
const HALVINGS = 60;

/** The area that two circles share. */
export function lens(a: number, b: number, distance: number): number {
  if (distance >= a + b) return 0;
  if (distance <= Math.abs(a - b)) return Math.PI * Math.min(a, b) ** 2;
  const near = (one: number, other: number) =>
    one ** 2 * Math.acos((distance ** 2 + one ** 2 - other ** 2) / (2 * distance * one));
  const kite = Math.sqrt((-distance + a + b) * (distance + a - b) * (distance - a + b) * (distance + a + b));
  return near(a, b) + near(b, a) - kite / 2;
}

/** How far apart two circles must stand to share `area`. */
export function apart(a: number, b: number, area: number): number {
  let low = Math.abs(a - b);
  let high = a + b;
  if (area <= 0) return high * 1.04;
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (lens(a, b, middle) > area) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const total = (regions: readonly Region[], keys: readonly string[]): number =>
  regions
    .filter((region) => keys.every((key) => region.inside.includes(key)))
    .reduce((sum, region) => sum + region.count, 0);

/** Two or three circles in a box of this size. Two are exact; of three each pair is, as far as a triangle allows. */
export function circlesOf(
  keys: readonly string[],
  regions: readonly Region[],
  width: number,
  height: number,
): Circle[] {
  const sizes = keys.map((key) => total(regions, [key]));
  const most = Math.max(1, ...sizes);
  const radii = sizes.map((size) => Math.sqrt(Math.max(size / most, SMALLEST ** 2) / Math.PI));
  const between = (i: number, j: number) =>
    apart(radii[i]!, radii[j]!, total(regions, [keys[i]!, keys[j]!]) / most);
  const places: Point[] = [{ x: 0, y: 0 }];
  if (keys.length > 1) places.push({ x: between(0, 1), y: 0 });
  if (keys.length > 2) places.push(third(between(0, 1), between(0, 2), between(1, 2)));
  return fitted(
    keys.map((key, i) => ({ key, ...places[i]!, r: radii[i]! })),
    width,
    height,
  );
}

/** The third corner of a triangle with these sides; on the line if they make none. */
function third(ab: number, ac: number, bc: number): Point {
  if (ab <= 0) return { x: 0, y: ac };
  const x = (ac ** 2 - bc ** 2 + ab ** 2) / (2 * ab);
  return { x, y: Math.sqrt(Math.max(0, ac ** 2 - x ** 2)) };
}

function fitted(circles: Circle[], width: number, height: number): Circle[] {
  const left = Math.min(...circles.map((one) => one.x - one.r));
  const right = Math.max(...circles.map((one) => one.x + one.r));
  const top = Math.min(...circles.map((one) => one.y - one.r));
  const bottom = Math.max(...circles.map((one) => one.y + one.r));
  const scale = Math.min(width / (right - left), height / (bottom - top));
  const dx = (width - (right - left) * scale) / 2;
  const dy = (height - (bottom - top) * scale) / 2;
  return circles.map((one) => ({
    key: one.key,
    x: (one.x - left) * scale + dx,
    y: (one.y - top) * scale + dy,
    r: one.r * scale,
  }));
}

/** In which circles a point lies. */
export const insideOf = (circles: readonly Circle[], at: Point): string[] =>
  circles.filter((one) => Math.hypot(one.x - at.x, one.y - at.y) <= one.r).map((one) => one.key);

const STEPS = 48;

/** Where a region has the most room for its number; null if the drawing has no such region. */
export function roomiest(
  circles: readonly Circle[],
  inside: readonly string[],
): (Point & { room: number }) | null {
  const own = circles.filter((one) => inside.includes(one.key));
  const first = own.reduce((least, one) => (one.r < least.r ? one : least), own[0]!);
  let best: (Point & { room: number }) | null = null;
  for (let i = 0; i <= STEPS; i += 1)
    for (let j = 0; j <= STEPS; j += 1) {
      const at = {
        x: first.x + first.r * ((2 * i) / STEPS - 1),
        y: first.y + first.r * ((2 * j) / STEPS - 1),
      };
      const room = Math.min(
        ...circles.map((one) => {
          const beyond = Math.hypot(one.x - at.x, one.y - at.y) - one.r;
          return inside.includes(one.key) ? -beyond : beyond;
        }),
      );
      if (room > 0 && (!best || room > best.room)) best = { ...at, room };
    }
  return best;
}
