/** Sizes, times and dates as people read them. */

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let at = 0;
  while (value >= 999.95 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[at]}`;
}

/** `1:02:03`, `2:03`, or `0:07`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pair = (value: number) => String(value).padStart(2, "0");
  return h > 0 ? `${h}:${pair(m)}:${pair(s)}` : `${m}:${pair(s)}`;
}

/** How long ago, in the largest unit that fits. */
export function ago(iso: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 60) return "just now";
  const units: [string, number][] = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
  ];
  const [unit, each] = units.find(([, least]) => seconds >= least) ?? ["min", 60];
  return `${Math.floor(seconds / each)} ${unit} ago`;
}

export function usd(amount: number): string {
  return amount !== 0 && Math.abs(amount) < 0.01
    ? `$${amount.toFixed(5)}`
    : `$${amount.toFixed(2)}`;
}

/** `1 film`, `2 films`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Text of other people, for one line of a terminal: it must not steer it. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
}
