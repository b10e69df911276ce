"""The words of the sample letters, written for these tests after UA 61/21, update 1 (ASA 17/5905/2022)."""

SUBJECTS = {
    "en": "People missing and arbitrarily detained in Xinjiang (((reference)))",
    "fr": "Personnes disparues et détenues arbitrairement au Xinjiang (((reference)))",
    "zh-Hans": "关于在新疆失踪和被任意拘押的人（((reference))）",
}
SALUTATIONS = {
    ("president", "en"): "Dear President Xi Jinping:",
    ("president", "fr"): "Monsieur le Président,",
    ("president", "zh-Hans"): "尊敬的习近平主席：",
    ("embassy", "en"): "Your Excellency,",
    ("embassy", "fr"): "Excellence,",
    ("embassy", "zh-Hans"): "尊敬的大使阁下：",
}
CLOSINGS = {
    "en": "Yours sincerely,",
    "fr": "Je vous prie d’agréer l’expression de ma haute considération.",
    "zh-Hans": "此致敬礼",
}
DEMANDS = {
    "release": {
        "en": "release at once everyone held in internment camps and prisons in Xinjiang, unless there is sufficient, "
        "credible and admissible evidence that they have committed an internationally recognized offence",
        "fr": "libérer immédiatement toutes les personnes détenues dans les camps d’internement et les prisons du "
        "Xinjiang, sauf s’il existe des preuves suffisantes, crédibles et recevables d’une infraction reconnue par le "
        "droit international",
        "zh-Hans": "立即释放所有被关押在新疆拘禁营和监狱中的人，除非有充分、可信且可采信的证据证明"
        "他们犯有国际公认的罪行",
    },
    "disclose": {
        "en": "until then, tell their families where they are, and let them see their family and a lawyer they choose",
        "fr": "d’ici là, indiquer où elles se trouvent et leur permettre de voir leur famille et un avocat "
        "de leur choix",
        "zh-Hans": "在释放之前，公布他们的下落，并允许他们会见家人和自己选择的律师",
    },
    "protect": {
        "en": "make sure that none of them is tortured or otherwise ill-treated",
        "fr": "veiller à ce qu’aucune d’elles ne subisse de torture ni d’autres mauvais traitements",
        "zh-Hans": "确保他们不遭受酷刑或其他虐待",
    },
}


def _paragraphs(text: str, join: str = " ") -> tuple[str, ...]:
    return tuple(join.join(paragraph.split("\n")) for paragraph in text.strip().split("\n\n"))


LETTERS = {
    "en": _paragraphs("""
I am writing to you about the men and women who have disappeared into internment camps and prisons in the
Xinjiang Uyghur Autonomous Region, most of them Uyghurs, Kazakhs and members of other predominantly Muslim
ethnic groups. Perhaps a million people have been detained there since 2017.

Many of their relatives abroad have heard nothing from them for years. Without a lawyer of their own choice,
those detained are at even greater risk of torture and other ill-treatment. They are held for what others take
for granted: for prayer, for study, for a telephone call to a daughter in another country.

I therefore respectfully urge you to:

((demands))

((words))

Thank you for your attention. From ((city)) I will follow with hope what you decide, and I would be grateful
for an answer.
"""),
    "fr": _paragraphs("""
Je vous écris au sujet des femmes et des hommes qui ont disparu dans les camps d’internement et les prisons de
la région autonome ouïghoure du Xinjiang, pour la plupart des Ouïghours, des Kazakhs et des membres d’autres
groupes ethniques à majorité musulmane. Depuis 2017, un million de personnes y auraient été détenues.

Beaucoup de leurs proches à l’étranger sont sans nouvelles depuis des années. Privées d’un avocat de leur
choix, les personnes détenues risquent d’autant plus la torture et d’autres mauvais traitements. On leur
reproche ce qui va de soi pour d’autres : prier, étudier, téléphoner à une fille qui vit ailleurs.

Je vous demande donc respectueusement de :

((demands))

((words))

Je vous remercie de votre attention. Depuis ((city)), je suivrai vos décisions avec espoir, et je vous saurais
gré d’une réponse.
"""),
    "zh-Hans": _paragraphs(
        """
我写信给您，是为了在新疆维吾尔自治区的拘禁营和监狱中失去音讯的男男女女。他们大多是维吾尔族、哈萨克族
以及其他以穆斯林为主的民族。据估计，自2017年以来，约有一百万人在那里被拘押。

他们在海外的许多亲属多年来没有得到任何消息。由于无法会见自己选择的律师，被拘押者面临酷刑和其他虐待的
危险更大。他们被关押，只因做了别人视为平常的事：祈祷、读书、给国外的女儿打一个电话。

因此，我恳请您：

((demands))

((words))

感谢您的关注。我将满怀希望地关注您的决定，并期待您的答复。
""",
        join="",
    ),
}
