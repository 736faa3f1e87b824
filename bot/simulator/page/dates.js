// Days and times as the bot's creators live them: in Shanghai.

const zone = { timeZone: "Asia/Shanghai" };
const clock = new Intl.DateTimeFormat("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("zh-CN", { ...zone, month: "long", day: "numeric" });
const weekday = new Intl.DateTimeFormat("zh-CN", { ...zone, weekday: "short" });
const full = new Intl.DateTimeFormat("zh-CN", { ...zone, year: "numeric", month: "long", day: "numeric" });

export const timeOfDay = (instant) => clock.format(instant);
export const dayName = (instant) => day.format(instant);
export const dayAndWeekday = (instant) => `${day.format(instant)} ${weekday.format(instant)}`;
export const fullDay = (instant) => full.format(instant);
export const fromSeconds = (seconds) => new Date(seconds * 1000);
