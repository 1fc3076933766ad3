"""What WhatsApp itself writes into an export, by language: media left out or kept, deleted, edited, calls, notices. Not a parser.

English is complete; for other languages the words for media, deleted, edited and missed calls are here, as far as known. What is not known stays what it
looks like: a line with an author is a message with its words, a line without one is a notice. Nothing is lost by a missing word.

iOS puts U+200E (U+200F in languages written from the right) before its own words; Android writes nothing that tells them from typed ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from parsers.contract import CALL, MESSAGE, NOTICE
from parsers.whatsapp_lines import MARKS

_NO_MARKS: Final = str.maketrans(dict.fromkeys(MARKS) | dict.fromkeys("\u00a0\u202f\u2009", " "))

_OMITTED: Final = {
    "media": "Media omitted|Medien ausgeschlossen|Medien weggelassen|Medien ausgelassen|Multimedia omitido|Archivo omitido|Fichier omis|Médias omis"
    "|Mídia oculta|Mídia omitida|Arquivo de mídia oculto|Ficheiro não revelado|Media omesso|Media omessi|Media weggelaten|Pominięto multimedia"
    "|pliki pominięto|Conținut media omis|Fișier media omis|Medya dahil edilmedi|Medya atlanmış|Без медиафайлов|Файл пропущен|Медіа пропущено"
    "|Média vynechány|Média vynechána|Médiá vynechané|Mediefil udeladt|Media har utelämnats|Utelatt mediefil|Media jätetty pois|Hiányzó médiafájl"
    "|Εξαίρεση πολυμέσων|Media tidak disertakan|تم استبعاد الوسائط|מדיה הושמטה|メディアは含まれていません|미디어 파일을 생략한 대화내용|省略多媒体文件|忽略多媒體檔"
    "|মিডিয়া বাদ দেওয়া হয়েছে|Bỏ qua Media",
    "image": "image omitted|photo omitted|Bild weggelassen|imagen omitida|image absente|imagem ocultada|imagem omitida|imagem não revelada|immagine omessa"
    "|afbeelding weggelaten|obraz pominięty|Imagine omisă|görüntü dahil edilmedi|изображение отсутствует|зображення відсутнє|obrázek vynechán"
    "|obrázok vynechaný|billede udeladt|bild utesluten|bilde ikke inkludert|ei kuvaa|εικόνα παραλείφθηκε|gambar tidak disertakan|फ़ोटो हटाई गई"
    "|لم يتم إدراج الصورة|تصویر نکال دی گئی ہے|התמונה הושמטה|画像は含まれていません|이미지 생략됨|照片已忽略|圖像已省略|圖片已略去|ইমেজ বাদ দেওয়া হয়েছে"
    "|đã bỏ qua hình ảnh|ไม่มีรูปภาพ",
    "video": "video omitted|Video weggelassen|Video omitido|vídeo omitido|vidéo absente|vídeo não revelado|video omesso|wideo pominięte|clip video omis"
    "|video dahil edilmedi|видео отсутствует|відео відсутнє|video vynecháno|video vynechané|video udeladt|video utesluten|video utelatt"
    "|videota ei sisällytetä|βίντεο παραλείφθηκε|video weggelaten|video tidak disertakan|वीडियो छोड़ा गया|لم يتم إدراج الفيديوهات|ویڈیو نظرانداز"
    "|סרטון הווידאו הושמט|ビデオは含まれていません|비디오 생략됨|视频已忽略|影片已省略|影片已略去|ভিডিও বাদ দেওয়া হয়েছে|đã bỏ video|วิดีโอถูกลบ",
    "audio": "audio omitted|Audio weggelassen|audio omitido|áudio ocultado|áudio omitido|ficheiro de áudio não revelado|audio omis|audio omesso"
    "|audio weggelaten|audio pominięte|fără audio|ses dahil edilmedi|аудиофайл отсутствует|аудіо відсутнє|zvukový soubor vynechán|zvuk vynechaný"
    "|lyd udeladt|ljud utelslutet|lyd utelatt|äänitiedostoa ei sisällytetä|ήχος παραλείφθηκε|audio tidak disertakan|ऑडियो हटाई गयी"
    "|لم يتم إدراج المقاطع الصوتية|آڈیو نظرانداز|קטע קול הושמט|音声は含まれていません|오디오 생략됨|音频已忽略|音訊已省略|অডিও বাদ দেওয়া হয়েছে"
    "|bỏ qua tệp âm thanh|ไม่มีไฟล์เสียง",
    "sticker": "sticker omitted|Sticker weggelassen|sticker omitido|sticker omis|figurinha omitida|sticker não revelado|sticker non incluso"
    "|pominięto naklejkę|Çıkartma dahil edilmedi|стикер не добавлен|Наклейку не додано|nálepka vynechána|nálepka vynechaná|klistermærke udeladt"
    "|sticker utesluten|klistremerke utelatt|tarraa ei sisällytetty|stiker tidak disertakan|स्टिकर छोड़ा गया|تم حذف الملصقات|اسٹیکر نظرانداز"
    "|סטיקר הושמט|スタンプは含まれていません|스티커 제외됨|贴图已省略|貼圖已忽略|স্টিকার বাদ দেওয়া হয়েছে|đã bỏ sticker|ไม่มีสติกเกอร์",
    "GIF": "GIF omitted|GIF weggelassen|GIF omitido|GIF retiré|GIF não revelada|GIF esclusa|Plik GIF pominięty|GIF omis|GIF dahil edilmedi|GIF отсутствует"
    "|GIF-анімацію пропущено|GIF vynechán|GIF vynechaný|GIF udeladt|GIF utesluten|GIF utelatt|GIF-animaatio jätetty pois|Παράληψη GIF"
    "|GIF tidak disertakan|GIF छोड़ा गया|لم يتم إدراج صورة GIF|GIF نظرانداز|GIF הושמט|GIFは含まれていません|GIF 생략됨|জিআইএফ বাদ দেওয়া হয়েছে"
    "|Đã bỏ qua ảnh GIF|ละเว้น GIF",
    "contact card": "Contact card omitted|Kontaktkarte ausgelassen|Kontaktkarte weggelassen|Tarjeta de contacto omitida|Fiche contact manquante"
    "|Cartão do contato omitido|Contacto não revelado|Scheda contatto omessa|Visitekaartje weggelaten|Pominięta wizytówka kontaktu"
    "|Carte de vizită contact omisă|Kişi kartı dahil edilmedi|Карточка контакта отсутствует|Картка контакту відсутня|Vizitka vynechána"
    "|Karta kontaktu vynechaná|Kontaktkort udeladt|Kontaktkort uteslutet|Kontaktkort sløyfet|Kartu kontak tidak disertakan|कॉन्टैक्ट कार्ड छोड़ा गया"
    "|لم يتم إدراج بطاقة جهة اتصال|連絡先カードを省略|연락처 카드 생략됨|পরিচিতির কার্ড বাদ দেওয়া হয়েছে|Bỏ qua thẻ liên lạc",
    "document": "document omitted|Dokument weggelassen|documento omitido|document manquant|documento não revelado|documento omesso|document weggelaten"
    "|dokument pominięty|document omis|belge dahil edilmedi|документ отсутствует|документ пропущено|dokument vynechán|dokument vynechaný"
    "|dokument udeladt|dokument uteslutet|utelatt dokument|dokumenttia ei sisällytetä|έγγραφο παραλείφθηκε|dokumen tidak disertakan|डॉक्यूमेंट छोड़ा गया"
    "|لم يتم إدراج المستند|دستاویز نظرانداز|מסמך הושמט|ドキュメントは含まれていません|문서 생략됨|文档已省略|文件已忽略|ডকুমেন্ট বাদ দেওয়া হয়েছে"
    "|đã bỏ qua tài liệu|ละเว้นเอกสาร",
    "video note": "video note omitted|Video message omitted|Videonachricht weggelassen|Videonotiz weggelassen|Videonachricht ausgelassen",
    "view once": "View once photo omitted|View once video omitted|View once voice message omitted|View once message omitted",
}
_DELETED: Final = (
    "This message was deleted|Message deleted|This message was deleted for everyone|Diese Nachricht wurde gelöscht|Se eliminó este mensaje"
    "|Este mensaje fue eliminado|Ce message a été supprimé|Mensagem apagada|Esta mensagem foi apagada|Questo messaggio è stato eliminato"
    "|Dit bericht is verwijderd|Ta wiadomość została usunięta|Acest mesaj a fost șters|Bu mesaj silindi|Данное сообщение удалено|Сообщение удалено"
    "|Це повідомлення було видалено|Tato zpráva byla smazána|Tato zpráva byla odstraněna|Táto správa bola odstránená|Denne besked er blevet slettet"
    "|Denne besked blev slettet|Det här meddelandet raderades|Detta meddelande raderades|Denne meldingen ble slettet|Tämä viesti poistettiin"
    "|Ez az üzenet törlésre került|Αυτό το μήνυμα διαγράφηκε|Pesan ini dihapus|Pesan ini telah dihapus|यह मैसेज डिलीट कर दिया गया है|تم حذف هذه الرسالة"
    "|یہ میسج حذف کر دیا گیا ہے|הודעה זו נמחקה|このメッセージは削除されました|이 메시지는 삭제되었습니다|这条消息已被删除|此訊息已刪除|এই মেসেজটি বাদ দেওয়া হয়েছে"
    "|Tin nhắn này đã bị xóa|Tin nhắn này đã bị xoá|ข้อความนี้ถูกลบแล้ว"
)
_OWN_DELETED: Final = (
    "You deleted this message|You deleted this message for everyone|Du hast diese Nachricht gelöscht|Eliminaste este mensaje"
    "|Vous avez supprimé ce message|Você apagou esta mensagem|Apagou esta mensagem|Hai eliminato questo messaggio|U hebt dit bericht verwijderd"
    "|Je hebt dit bericht verwijderd|Usunąłeś(-ęłaś) tę wiadomość|Usunięto tę wiadomość|Ați șters acest mesaj|Bu mesajı sildiniz|Вы удалили данное сообщение"
    "|Вы удалили это сообщение|Ви видалили це повідомлення|Tuto zprávu jste smazal/a|Tuto zprávu jste odstranil/a|Túto správu ste odstránili"
    "|Du har slettet denne besked|Du slettede denne besked|Du raderade det här meddelandet|Du slettet denne meldingen|Poistit tämän viestin"
    "|Törölted ezt az üzenetet|Διαγράψατε αυτό το μήνυμα|Διαγράψατε το μήνυμα|Anda menghapus pesan ini|Anda telah menghapus pesan ini|आपने यह मैसेज डिलीट किया"
    "|لقد حذَفت هذه الرسالة|أنت حذفت هذه الرسالة|آپ نے یہ میسج حذف کر دیا ہے|מחקת את ההודעה הזו|このメッセージを削除しました|이 메시지를 삭제했습니다"
    "|您已删除这条消息|您已刪除此訊息|আপনি এই মেসেজটি বাদ দিয়েছেন|Bạn đã xóa tin nhắn này|Bạn đã xoá tin nhắn này|คุณได้ลบข้อความนี้"
)
_EDITED: Final = (
    "This message was edited|Diese Nachricht wurde bearbeitet|Se editó este mensaje|Ce message a été modifié|Mensagem editada|Esta mensagem foi editada"
    "|Questo messaggio è stato modificato|Dit bericht is bewerkt|Dit bericht werd bewerkt|Edytowano tę wiadomość|Acest mesaj a fost editat"
    "|Bu mesaj düzenlendi|Данное сообщение изменено|Сообщение изменено|Это сообщение изменено|Це повідомлення змінено|تم تعديل هذه الرسالة"
)
_MISSED: Final = (
    "Missed voice call|Missed video call|Missed group voice call|Missed group video call|Missed call|Silenced voice call|Silenced video call"
    "|Verpasster Sprachanruf|Verpasster Videoanruf|Llamada perdida|Llamada de voz perdida|Videollamada perdida|Appel vocal manqué|Appel vidéo manqué"
    "|Chamada de voz perdida|Chamada de vídeo perdida|Videochamada perdida|Ligação de voz perdida|Ligação de vídeo perdida|Chiamata vocale persa"
    "|Videochiamata persa|Gemist spraakgesprek|Gemist videogesprek|Gemiste spraakoproep|Gemiste video-oproep|Gemiste audio-oproep"
    "|Nieodebrane połączenie|Nieodebrane poł. głosowe|Nieodebrane poł. wideo|Apel vocal ratat|Apel vocal nepreluat|Apel video ratat|Apel video nepreluat"
    "|Cevapsız sesli arama|Cevapsız görüntülü arama|Пропущенный аудиозвонок|Пропущенный видеозвонок|Пропущений аудіодзвінок|Пропущений відеодзвінок"
    "|Zmeškaný hovor|Zmeškaný hlasový hovor|Zmeškaný videohovor|Ubesvaret taleopkald|Ubesvaret videoopkald|Mistet opkald|Missat röstsamtal|Missat videosamtal"
    "|Tapt taleanrop|Tapt videoanrop|Vastaamaton äänipuhelu|Vastaamaton videopuhelu|Nem fogadott hanghívás|Nem fogadott videohívás"
    "|Αναπάντητη φωνητική κλήση|Αναπάντητη βιντεοκλήση|Panggilan suara tak terjawab|Panggilan video tak terjawab|वॉइस कॉल मिस हुई|मिस्ड वीडियो कॉल"
    "|مكالمة صوتية فائتة|مكالمة فيديو فائتة|مسڈ وائس کال|مسڈ ویڈیو کال|音声通話不在着信|ビデオ通話不在着信|부재중 전화|부재중 영상통화|未接语音通话|未接视频通话"
    "|未接語音通話|未接視像通話|ভয়েস কল মিস করেছেন|ভিডিও কল মিস করেছেন|Cuộc gọi nhỡ|Cuộc gọi nhỡ video"
)
_CALL: Final = (
    "(?:group )?(?:voice|video) call|sprachanruf|videoanruf|(?:gruppen-?)?(?:sprach|video)anruf|llamada de voz|videollamada|appel vocal|appel vidéo"
    "|chamada de voz|chamada de vídeo|videochamada|ligação de voz|ligação de vídeo|chiamata vocale|videochiamata|spraakoproep|spraakgesprek"
    "|video-?oproep|videogesprek"
)
_NOT_TAKEN: Final = {
    "no answer": "missed", "not answered": "missed", "unanswered": "missed", "keine antwort": "missed", "sin respuesta": "missed", "pas de réponse": "missed",
    "sem resposta": "missed", "nessuna risposta": "missed", "geen antwoord": "missed", "niet beantwoord": "missed", "declined": "rejected", "rejected": "rejected",
    "answered on other device": "answered elsewhere", "answered on another device": "answered elsewhere",
}  # fmt: skip
_UNITS: Final = (
    (3600, "h|hr|hrs|hour|hours|std|stunde|stunden|hora|horas|heure|heures|ora|ore|uur|u"),
    (60, "m|min|mins|minute|minutes|minuten|minuto|minutos|minuti|minuut"),
    (
        1,
        "s|sec|secs|second|seconds|sek|sekunde|sekunden|seg|segundo|segundos|seconde|secondes|secondo|secondi|seconden",
    ),
)
_ATTACHED: Final = re.compile(
    r"(?P<android>.{1,255}) \((?:file attached|Datei angehängt|archivo adjunto|archivo adjuntado|fichier joint|arquivo anexado|ficheiro anexado|file allegato"
    r"|bestand bijgevoegd|załączony plik|plik dołączony|fișier atașat|dosya ekli|файл добавлен|файл додано|soubor byl přiložen|súbor pripojený|fil vedhæftet"
    r"|bifogad fil|vedlagt fil|liitetiedosto|fájl csatolva|συνημμένο αρχείο|file terlampir|الملف مرفق|קובץ מצורף|添付ファイル有り|파일 첨부됨|文件附件|附件檔案)\)"
    r"|(?P<named>(?:IMG|VID|AUD|PTT|STK|DOC)-\d{8}-WA\d{4,}\.\w{1,5}) \([^()]{3,40}\)"
)
_ATTACHED_IOS: Final = re.compile(
    r"< ?[^<>:：]{3,30}[:：] ?(?P<ios>[^<>\n]{1,255}?) ?>|<(?P<turkish>[^<>\n]{1,255}) eklendi>"
    r"|^[\u200e\u200f]?(?P<old>(?:\d{4}-\d\d-\d\d-[A-Z]{3,8}-)?\d{1,9}\.\w{1,5}|\S[^<>\n]{0,200}\.\w{1,5}(?= <[\u200e\u200f]?(?:attached|angehängt|adjunto|joint|anexado|allegato"
    r"|bijgevoegd|załączono|ekli|bifogad|vedhæftet)>)) <[\u200e\u200f]?[^<>:：\n]{3,20}>"
)
_PLACE: Final = re.compile(
    r"[^\n:：]{2,30}[:：] ?https://maps\.google\.com/\?q=(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)"
)
_ENCRYPTED: Final = re.compile(
    r"(?:Messages|Nachrichten|Berichten|(?:Los |As |I )?(?:mensajes|mensagens|messaggi)|Les messages)\b.{0,80}"
    r"(?:end-to-end|Ende-zu-Ende|extremo a extremo|bout en bout|ponta a ponta|ponto a ponto|end-to-end versleuteld)",
    re.IGNORECASE,
)
_SYSTEM: Final = re.compile(
    r"Your security code with |Dein Sicherheitscode |.{1,80} is a contact$|Waiting for |Disappearing messages|This (?:chat|business|group)|Only (?:people|admins|messages)"
    r"|You(?:['’](?:re|ve)| are| were| have)? ?(?:now|no longer|created|added|removed|left|joined|changed|deleted this group|turned|updated|blocked|unblocked|pinned"
    r"|unpinned|started|set|reset|allowed|kept|accepted|approved|invited|requested|revoked|reported|can['’]t)\b"
    r"|.{1,80} (?:created (?:this )?group|created this community|added |removed |left$|left the |joined |changed (?:the |this |their |to |from )|turned o(?:n|ff) "
    r"|updated the |was added|were added|was removed|requested to |pinned a |started a |deleted this group|blocked this |reset |is now an admin|security code )"
    r"|(?:Du|Sie) hast? (?:die Gruppe|diese Gruppe|den Gruppennamen|den Betreff|das Gruppenbild|diesen Kontakt|.{1,60} (?:hinzugefügt|entfernt))"
    r"|.{1,80} hat (?:die Gruppe|den Gruppennamen|den Betreff|das Gruppenbild|die Gruppenbeschreibung|eine neue Telefonnummer|dich |.{1,60} (?:hinzugefügt|entfernt))"
    r"|(?:Creaste|Cambiaste|Añadiste|Bloqueaste|Desbloqueaste|Eliminaste a) |.{1,80} (?:creó el grupo|cambió (?:el|la|su|a) |añadió a |salió del grupo)"
    r"|Vous avez (?:créé|changé|ajouté|retiré|bloqué|débloqué) |.{1,80} a (?:créé le groupe|changé |ajouté |retiré |quitté)"
    r"|Você (?:criou|mudou|alterou|adicionou|removeu|bloqueou|desbloqueou) |.{1,80} (?:criou (?:o )?grupo|mudou |alterou |adicionou |removeu |saiu)"
    r"|Hai (?:creato|cambiato|aggiunto|rimosso|bloccato|sbloccato) |.{1,80} ha (?:creato il gruppo|cambiato |aggiunto |rimosso |abbandonato)"
    r"|Je hebt (?:de groep|het onderwerp|.{1,60} (?:toegevoegd|verwijderd|geblokkeerd))|.{1,80} heeft (?:de groep|het onderwerp|.{1,60} (?:toegevoegd|verwijderd))"
)
_OPEN_QUOTE: Final = re.compile(r"(?:\S+\s+){3,}\S*(?:[“„«][^”“»]*|^[^\"]*(?:\"[^\"]*\"[^\"]*)*\"[^\"]*)$")
_GROUP: Final = re.compile(
    r"\b(?:group|community|Gruppe\w*|grupo|groupe|gruppo|groep)\b|群组|群組|그룹|グループ|групп|مجموعة", re.IGNORECASE
)
_VIEW_ONCE: Final = re.compile(r"(?:You (?:received|sent) a view once |View once )", re.IGNORECASE)
_TIME_OF_CALL: Final = re.compile(r"(\d{1,3}) ?([^\W\d]{1,9})\.?")


def plain(text: str) -> str:
    """The words without marks, odd spaces and the full stop at the end; for comparing."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_NO_MARKS))
    return " ".join(text.split()).rstrip(".。۔ ").casefold()


_OMITTED_TYPES: Final = {plain(words): kind for kind, table in _OMITTED.items() for words in table.split("|")}
_DELETED_WORDS: Final = frozenset(plain(words) for words in f"{_DELETED}|{_OWN_DELETED}".split("|"))
_OWN_DELETED_WORDS: Final = frozenset(plain(words) for words in _OWN_DELETED.split("|"))
_EDITED_WORDS: Final = frozenset(plain(words) for words in _EDITED.split("|"))
_MISSED_WORDS: Final = tuple(plain(words) for words in _MISSED.split("|"))
_TAKEN: Final = re.compile(rf"(?:{_CALL})(?:[.,:]? (?P<rest>.+))?", re.IGNORECASE)
_SECONDS: Final = {unit: seconds for seconds, units in _UNITS for unit in units.split("|")}

HEADS: Final = frozenset(
    words[:10]
    for table in (*_OMITTED.values(), _DELETED, _OWN_DELETED, _MISSED)
    for words in table.split("|")
) | {"null", "Messages a", "Messages t", "Messages y", "Nachrichte", "Los mensaj", "Les messag", "As mensage", "I messaggi", "Berichten ", "This messa",
     "Waiting fo", "You receiv", "You sent a", "Voice call", "Video call", "Sprachanru", "Videoanruf", "live locat", "Live locat"}  # fmt: skip
"""The first ten characters of everything `sense` knows, unless it ends in one of `TAILS` or holds `MAP`: a cheap first look at the plain messages of a long chat."""
TAILS: Final = ">)"
"""Last characters of media in brackets."""
MAP: Final = "maps.google"
"""What stands in every place on a map."""


class Sense(NamedTuple):
    """What a body says in WhatsApp's own words; the text as it is to be shown."""

    text: str
    kind: str = MESSAGE
    status: str = ""
    held: str = ""  # the name of a file that came with the message
    left_out: tuple[str, str] = ("", "")  # name (if given) and type of a file that was left out
    seconds: float | None = None
    lat: float | None = None
    lon: float | None = None
    program: bool = False  # these are WhatsApp's words, not a person's


def sense(body: str, *, marked: bool) -> Sense:
    """Reads a body; `marked` if the mark of iOS stood before it (the mark itself is not part of `body`)."""
    return _short_sense(body, marked) if len(body) < 40 else _sense(body, marked)


@lru_cache(maxsize=1024)
def _short_sense(body: str, marked: bool) -> Sense:  # noqa: FBT001 -- a key of the cache: the same few markers stand in every tenth line
    return _sense(body, marked)


def _sense(body: str, marked: bool) -> Sense:  # noqa: FBT001
    text, status = body, ""
    if body[-1:] == ">" and (cut := body.rfind("<")) >= 0 and plain(body[cut + 1 : -1]) in _EDITED_WORDS:
        text, status = body[:cut].rstrip(" \u200e\u200f"), "edited"
    first, _, rest = text.partition("\n")
    if (
        not marked
        and first[:10] not in HEADS
        and first[-1:] not in TAILS
        and MAP not in first
        and "\u200e" not in first
        and "\u200f" not in first
    ):
        return Sense(text, status=status)
    words = plain(first) if len(first) < 400 else ""  # no marker is longer
    found = _media(first, words) or _call(words, marked=marked) or _program(first, words, marked=marked)
    if found and (
        not rest or found.held or found.left_out[1] or words == "poll:"
    ):  # below a picture stands its caption; the other markers stand alone
        return found._replace(text=text, status=found.status or status)
    place = _PLACE.fullmatch(first.translate(_NO_MARKS).strip()) if MAP in first else None
    if place and abs(float(place[1])) <= 90 and abs(float(place[2])) <= 180:
        return Sense(text, status=status, lat=float(place[1]), lon=float(place[2]), program=True)
    return Sense(text, status=status)


def _media(first: str, words: str) -> Sense | None:
    if "<" in first and (kept := _ATTACHED_IOS.search(first)) and first.endswith(kept[0]):
        return Sense("", held=(kept["ios"] or kept["turkish"] or kept["old"]).strip(MARKS + " "), program=True)
    if first.endswith(")") and (kept := _ATTACHED.fullmatch(first.strip(MARKS))):
        return Sense("", held=(kept["android"] or kept["named"]).strip(MARKS + " "), program=True)
    inner = plain(words[1:-1]) if words[:1] == "<" and words[-1:] == ">" else words
    kind = _OMITTED_TYPES.get(inner)
    if kind:
        return Sense("", status="view once" if kind == "view once" else "", left_out=("", kind), program=True)
    mark = max(first.rfind("\u200e"), first.rfind("\u200f"))
    if mark > 0 and _OMITTED_TYPES.get(plain(first[mark:])) == "document":
        name = first[:mark].strip(MARKS + " ")
        return Sense("", left_out=(re.sub(r" • .{0,30}$", "", name).strip(MARKS + " "), "document"), program=True)
    return None


def _call(words: str, *, marked: bool) -> Sense | None:
    missed = words in _MISSED_WORDS or (
        words.startswith(_MISSED_WORDS) and (marked or words.endswith(("tap to call back", "click to call back")))
    )
    if missed and (marked or words != "missed call"):  # two words that a person types, too
        return Sense("", CALL, "missed", program=True)
    taken = _TAKEN.fullmatch(words)
    if not taken or not (marked or taken["rest"]):
        return None
    rest = taken["rest"] or ""
    status = next((status for phrase, status in _NOT_TAKEN.items() if rest.startswith(phrase)), "")
    parts = _TIME_OF_CALL.findall(rest)
    seconds: float | None = None
    if parts and all(unit in _SECONDS for _, unit in parts):
        seconds = float(sum(int(number) * _SECONDS[unit] for number, unit in parts))
    if not marked and not status and seconds is None:
        return None  # "Voice call. Now!" is a person's sentence
    return Sense("", CALL, status or ("answered" if seconds is not None else ""), seconds=seconds, program=True)


def _program(first: str, words: str, *, marked: bool) -> Sense | None:
    if words in _DELETED_WORDS or words.startswith("this message was deleted by admin "):
        return Sense("", status="deleted", program=True)
    if _ENCRYPTED.match(first.strip(MARKS)):
        return Sense("", NOTICE, program=True)
    if _VIEW_ONCE.match(words) and (marked or words.startswith("you ")):
        return Sense("", status="view once", program=True)
    if marked and words == "poll:":  # the question and its options follow
        return Sense("", program=True)
    if words.startswith("waiting for this message"):
        return Sense("", status="not downloaded", program=True)
    if marked and (_SYSTEM.match(first.strip(MARKS)) or "WhatsApp" in first or "واتساب" in first):
        return Sense("", NOTICE, program=True)
    return None


def own_deletion(body: str) -> bool:
    """Whether the words are those that WhatsApp shows to the one who deleted ("You deleted this message")."""
    return plain(body) in _OWN_DELETED_WORDS


def begins_notice(left: str) -> bool:
    """Whether what stands before a colon begins a notice ("Sam created group "Us") and is not an author."""
    return bool(_SYSTEM.match(left.strip(MARKS)) or _ENCRYPTED.match(left.strip(MARKS)) or _OPEN_QUOTE.match(left))


def of_group(notice: str) -> bool:
    """Whether a notice shows that the chat is a group."""
    return bool(_GROUP.search(notice))
