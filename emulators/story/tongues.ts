// Troubles told in the customer's own language, and answered in it.

import type { Trouble } from './trouble.ts';

export const tongues: readonly Trouble[] = [
  {
    word: 'falsches-ladegeraet',
    speaks: 'de',
    urgency: 'normal',
    pages: [['Falschen Artikel erhalten', 'de/bestellungen/falscher-artikel']],
    plays: [
      `subject: Falsches Ladegerät in {order}
summary: Got a charger with a British plug; lives in Leipzig. Right one sent, keeps the other.
customer: Guten Tag, ich habe in {order} das falsche Ladegerät bekommen, es hat einen britischen Stecker. Ich wohne in Leipzig.
bot: Guten Tag! Das tut mir leid. Ich schicke Ihnen gern das passende Netzteil. Stimmt die Lieferadresse noch?
customer: Ja, stimmt. Muss ich das andere zurückschicken?
bot: Nein, Sie dürfen es behalten. Das neue Netzteil ist übermorgen bei Ihnen.
customer: Prima, vielen Dank für die schnelle Hilfe. Schöne Grüße!`,
      `subject: Rechnung nach Österreich
summary: Invoice was sent with German VAT although the company is in Austria.
note: UID checked, valid. Corrected invoice sent as {code}.
customer: Servus, auf der Rechnung zu {order} stehen 19 % statt Reverse Charge. Unsere UID ist im Konto hinterlegt.
bot: Guten Tag! Die UID wird erst ab dem Tag verwendet, an dem sie bestätigt wurde. Ich gebe das an die Buchhaltung weiter.
agent: Grüß Gott, hier {agent}. Die UID war eingetragen, nur unsere Prüfung ist hängen geblieben. Die korrigierte Rechnung {code} liegt im Konto.
customer: Passt, danke für die rasche Erledigung!`,
    ],
    afterwards: [
      'Ist das Paket schon unterwegs?',
      'Ist angekommen, alles bestens. Danke!',
      'Eine kurze Frage noch: Gilt die Garantie auch für das Netzteil?',
    ],
  },
  {
    word: 'remboursement',
    speaks: 'fr',
    urgency: 'normal',
    plans: ['pro', 'team'],
    pages: [['Être remboursé', 'fr/facturation/remboursement']],
    plays: [
      `subject: Remboursement d’un abonnement résilié
summary: Was charged {amount} after cancelling in May. Writes in French.
note: Confirmation went to an address with a typo. Refunded in full.
customer: Bonjour, on m’a débité {amount} pour un abonnement que j’avais résilié en mai. Je souhaite être remboursé, s’il vous plaît.
bot: Bonjour ! Je vois une résiliation commencée mais pas confirmée. Je transmets à une collègue qui pourra vérifier.
agent: Bonjour {first}, c’est {agent}. Vous avez raison : le mail de confirmation est parti vers une adresse avec une faute de frappe. Le remboursement de {amount} est parti ce matin.
customer: Parfait, merci beaucoup et bonne journée 🌞`,
      `subject: Facture au mauvais nom
summary: Invoice names the former company; the new name is {company}.
customer: Bonjour, notre société a changé de nom (maintenant « {company} ») et la facture porte encore l’ancien. Que faire ?
bot: Bonjour ! Le nom se change dans **Paramètres → Facturation**. Les factures déjà émises sont corrigées par notre équipe : laquelle est concernée ?
customer: seulement celle du mois dernier
agent: C’est corrigé, {first}. L’avoir et la nouvelle facture sont dans votre espace.`,
    ],
    afterwards: [
      'Toujours rien sur mon compte, est-ce normal ?',
      'C’est arrivé ce matin, merci encore !',
      'Pourriez-vous m’envoyer aussi un justificatif ?',
    ],
  },
  {
    word: 'carpeta-compartida',
    speaks: 'es',
    urgency: 'urgent',
    pages: [['Compartir y dejar de compartir', 'es/notas/compartir']],
    plays: [
      `subject: Compartí una carpeta por error
summary: Shared a folder with the whole company; undone before the notice went out.
customer: hola, compartí una carpeta con toda la empresa por error 😱 ¿cómo lo deshago?
bot: ¡Hola! Abra la carpeta y elija **Compartir → Solo yo**. Los demás dejan de verla enseguida.
customer: listo. ¿les llegó un aviso?
bot: El aviso se envía una vez al día, a las 18:00. Al dejar de compartir antes, no se envía.
customer: uf, qué alivio. ¡mil gracias!`,
      `subject: ¿Dónde está mi pedido {order}?
summary: Order {order} stuck in customs; papers were missing.
note: Sent the missing customs paper to the carrier on {weekday}.
customer: Buenas tardes, mi pedido {order} lleva una semana en la aduana. ¿Falta algún papel?
bot: Buenas tardes. Consulto con la empresa de transporte; un momento, por favor.
agent: Hola, {first}, soy {agent}. Faltaba la factura en español, ya la enviamos. Deberían entregarlo hacia el {later}, y los aranceles los pagamos nosotros.
customer: Muchísimas gracias, así da gusto.`,
    ],
    afterwards: [
      '¿Y si alguien ya lo había descargado?',
      'Ya está todo en orden, gracias.',
      '¿Me pueden avisar si vuelve a pasar?',
    ],
  },
  {
    word: 'tegaki',
    speaks: 'ja',
    urgency: 'low',
    pages: [['手書き辞書に登録する', 'ja/notes/handwriting-dictionary']],
    plays: [
      `subject: 手書き認識について
summary: Names are read with the wrong characters; asked how to import a list of names.
customer: こんにちは。手書きの日本語がうまく認識されません。「斎藤」が「斉藤」になってしまいます。
bot: こんにちは。お問い合わせありがとうございます。設定 → 手書き → 辞書 に人名を登録すると、次回から優先されます。
customer: 登録できました！名簿から一括で登録する方法はありますか？
agent: {first}、はい、CSVファイルで最大5,000件まで取り込めます。設定 → 手書き → 辞書 → 読み込み です。
customer: できました。助かりました🙇`,
      `subject: 領収書の宛名について
summary: Receipt should be made out to {company} instead of a private name.
note: Receipt reissued for {company}. Told where to set it for the next ones.
customer: お世話になっております。領収書の宛名を「{company}」に変更していただけますか。
bot: お問い合わせありがとうございます。今後の分は 設定 → お支払い → 宛名 で変更できます。発行済みの分は担当者が対応いたします。
agent: {first}、担当の{agent}です。先月分を「{company}」宛で再発行いたしました。お支払いのページからご覧いただけます。
customer: 確認できました。迅速なご対応、ありがとうございます。`,
    ],
    afterwards: [
      'ありがとうございました。快適に使えています。',
      '地名も登録できますか？',
      'スマートフォンのアプリにも反映されますか？',
    ],
  },
  {
    word: 'min-alyamin',
    speaks: 'ar',
    urgency: 'low',
    pages: [['الكتابة من اليمين إلى اليسار', 'ar/notes/direction']],
    plays: [
      `subject: اتجاه النص في التطبيق
summary: Mixed Arabic and English lines are shown in the wrong direction. Answered in Arabic.
customer: السلام عليكم، عندما أكتب سطراً فيه عربي وإنجليزي مثل «طلب {order} من Larkfield» ينقلب ترتيب الكلمات.
bot: وعليكم السلام! من فضلك اختر **الإعدادات ← اللغة ← اتجاه تلقائي لكل سطر**، ثم افتح الصفحة من جديد.
customer: صار أحسن، لكن الأرقام ما زالت في الجهة الخطأ
agent: أهلاً {first}، معك {agent}. هذا خطأ من عندنا وقد أصلحناه للتو. هل يمكنك التجربة مرة أخرى؟
customer: ممتاز، شكراً جزيلاً 🌷`,
      `subject: لم يصلني رمز الدخول
summary: Sign-in code does not arrive by text message. Answered in Arabic.
customer: مرحبا، أحاول الدخول منذ ساعة ولا يصلني الرمز على الجوال
bot: مرحباً! قد تتأخر الرسائل القصيرة أحياناً. هل تود استلام الرمز على البريد الإلكتروني بدلاً من ذلك؟
customer: نعم من فضلك
bot: تم الإرسال. الرمز صالح لمدة عشر دقائق.
customer: دخلت، شكراً لكم`,
    ],
    afterwards: ['هل سيظهر التعديل على الهاتف أيضاً؟', 'كل شيء يعمل الآن، شكراً لكم.'],
  },
];
