// What the phone itself says, in its interface language, and the languages and zones on offer.

export const LANGUAGES = [
  ["en", "English", "Europe/Berlin"],
  ["de", "Deutsch", "Europe/Berlin"],
  ["ar", "العربية", "Asia/Baghdad"],
  ["fa", "فارسی / دری", "Asia/Kabul"],
  ["sq", "Shqip", "Europe/Tirane"],
  ["fr", "Français", "Africa/Douala"],
  ["tr", "Türkçe", "Europe/Istanbul"],
  ["ru", "Русский", "Asia/Tbilisi"],
];

export const ZONES = [
  "UTC", "Europe/Berlin", "Europe/Tirane", "Europe/Skopje", "Europe/Istanbul", "Asia/Tbilisi", "Asia/Yerevan",
  "Asia/Beirut", "Asia/Damascus", "Asia/Baghdad", "Asia/Tehran", "Asia/Kabul", "Asia/Karachi", "Africa/Casablanca",
  "Africa/Lagos", "Africa/Douala", "Africa/Mogadishu",
];

const WORDS = {
  en: { message: "Message", edited: "edited", start: "START", restart: "RESTART", bot: "bot", typing: "typing…", waiting: "Waiting for network…", open: "Open", menu: "Menu", attach: "Attach", send: "Send", photo: "Photo", sticker: "Sticker", voice: "Voice message", location: "Location", file: "File …", remove: "Delete", edit: "Edit", about: "What can this bot do?", editing: "Editing", more: "More", forwarded: "Forwarded message" },
  de: { message: "Nachricht", edited: "bearbeitet", start: "STARTEN", restart: "NEU STARTEN", bot: "Bot", typing: "schreibt …", waiting: "Warten auf Netzwerk …", open: "Öffnen", menu: "Menü", attach: "Anhängen", send: "Senden", photo: "Foto", sticker: "Sticker", voice: "Sprachnachricht", location: "Standort", file: "Datei …", remove: "Löschen", edit: "Bearbeiten", about: "Was kann dieser Bot?", editing: "Bearbeiten", more: "Mehr", forwarded: "Weitergeleitete Nachricht" },
  ar: { message: "رسالة", edited: "مُعدّلة", start: "بدء", restart: "إعادة التشغيل", bot: "بوت", typing: "يكتب…", waiting: "في انتظار الشبكة…", open: "فتح", menu: "القائمة", attach: "إرفاق", send: "إرسال", photo: "صورة", sticker: "ملصق", voice: "رسالة صوتية", location: "الموقع", file: "ملف …", remove: "حذف", edit: "تعديل", about: "ماذا يفعل هذا البوت؟", editing: "تعديل", more: "المزيد", forwarded: "رسالة معاد توجيهها" },
  fa: { message: "پیام", edited: "ویرایش‌شده", start: "شروع", restart: "شروع دوباره", bot: "ربات", typing: "در حال نوشتن…", waiting: "در انتظار شبکه…", open: "باز کردن", menu: "منو", attach: "پیوست", send: "ارسال", photo: "عکس", sticker: "استیکر", voice: "پیام صوتی", location: "موقعیت", file: "فایل …", remove: "حذف", edit: "ویرایش", about: "این ربات چه می‌کند؟", editing: "ویرایش", more: "بیشتر", forwarded: "پیام هدایت‌شده" },
  sq: { message: "Mesazh", edited: "redaktuar", start: "FILLO", restart: "RIFILLO", bot: "bot", typing: "po shkruan…", waiting: "Po pritet rrjeti…", open: "Hap", menu: "Menyja", attach: "Bashkëngjit", send: "Dërgo", photo: "Foto", sticker: "Ngjitës", voice: "Mesazh zanor", location: "Vendndodhja", file: "Skedar …", remove: "Fshi", edit: "Redakto", about: "Çfarë bën ky bot?", editing: "Redaktim", more: "Më shumë", forwarded: "Mesazh i përcjellë" },
};

const base = (code) => code.split("-")[0];

export const words = (code) => WORDS[base(code)] ?? WORDS.en;
export const direction = (code) => (["ar", "fa", "ps", "ckb", "ur"].includes(base(code)) ? "rtl" : "ltr");
export const zoneOf = (code) => LANGUAGES.find(([one]) => one === code)?.[2] ?? "UTC";
export const place = (zone) => zone.split("/").at(-1).replaceAll("_", " ");
