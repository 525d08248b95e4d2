"""The words of a patient's own pages, in the patient's language, whatever the office works in."""

from collections.abc import Mapping

from enrollment.domain.signatures import Language

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "other": "Español",
        "born_title": "Before we begin",
        "born_why": "So that nobody else can sign for you, tell us the patient's date of birth.",
        "month": "Month",
        "day": "Day",
        "year": "Year",
        "born": "Date of birth",
        "born_hint": "For example 3 27 1984",
        "no_date": "Write the month, the day and the year with numbers, such as 3 27 1984.",
        "wrong_one": "That is not the date of birth the office has. You can try one more time.",
        "wrong": "That is not the date of birth the office has. You can try {left} more times.",
        "continue": "Continue",
        "locked_title": "This link is locked",
        "locked": "The date of birth was wrong five times. The office knows, and can send you a "
        "new link.",
        "closed_title": "This link cannot be used",
        "closed": "It may have been used already, or it is too old: a link to sign works for 7 "
        "days, and once. Call your doctor's office and ask for a new one.",
        "again_title": "Open your link again",
        "again": "For your safety this page closes after 30 minutes. Open the link that you were "
        "given again.",
        "page_of": "Page {page} of {pages}",
        "disclosure_title": "Signing on this screen",
        "agree_screen": "I agree to sign on this screen",
        "agree_screen_first": "To sign on this screen, tick the box. You can choose paper instead.",
        "paper": "I would rather sign on paper",
        "paper_title": "The office knows that you want paper",
        "paper_done": "Nothing was signed. The office will give you the pages on paper.",
        "for_program": "For {program}",
        "agree": "I agree: {title}",
        "free": "You may leave this box empty. It changes nothing about the help you get.",
        "agree_first": "{program} cannot help without this. If you do not agree, close this page "
        "and call your doctor's office.",
        "read": "I have read this page",
        "back": "Back",
        "sign_title": "Sign",
        "you_agree": "You agree to",
        "you_do_not": "You leave out",
        "about": "What you sign it for",
        "signer": "Who signs?",
        "patient": "I am the patient",
        "representative": "I may sign for the patient",
        "minor": "The patient is under 18, so a parent or guardian signs.",
        "minor_first": "The patient is under 18: a parent or guardian signs.",
        "relationship": "Why may you sign for the patient?",
        "if_representative": "only if you sign for the patient",
        "which": "Say why you may sign for the patient.",
        "name": "Your full name",
        "typing": "Typing your name here is your signature.",
        "name_first": "Type your full name.",
        "sign": "Sign",
        "mend": "Not yet",
        "changed": "The office changed something while you were reading. Please look at it again; "
        "nothing was signed.",
        "done_title": "Thank you. It is signed.",
        "done": "The office knows. Keep your copy: ",
        "copy": "Save your copy for {program} (PDF)",
        "copy_mail": "E-mail me a link to my copy",
        "copy_mailed": "It is on its way.",
        "copy_not_mailed": "It could not be sent. Save the copy here, or ask the office.",
        "back_later": "You may take it back at any time: tell the office, or use the link to "
        "your copy.",
        "give_back": "Please give the device back to the office.",
        "office_back": "Office: go back to work",
        "nothing_title": "There is nothing to sign",
        "nothing": "The office has changed something meanwhile. You need to do nothing.",
        "permissions_title": "What you have signed",
        "permissions_why": "Here you find your copy of each page you signed. You can take a "
        "permission back: it ends from then on, and everyone who had it is told. What was shared "
        "before stays shared.",
        "none_signed": "Nothing is signed yet.",
        "stands": "You gave this permission on {day}. It ends on {ends}.",
        "not_sent": "You signed this on {day}. Nothing was shared with the program yet.",
        "taken_back": "Taken back on {day}.",
        "take_back": "Take this back",
        "take_back_title": "Take back your permission for {program}?",
        "take_back_what": "{program} will no longer get new facts about you and may stop helping. "
        "Your care by your doctor does not depend on it. What was shared before stays shared.",
        "take_back_yes": "Yes, take it back",
        "take_back_no": "No, keep it",
        "help": "Questions? Call your doctor's office.",
    },
    "es": {
        "other": "English",
        "born_title": "Antes de empezar",
        "born_why": "Para que nadie más pueda firmar por usted, díganos la fecha de nacimiento "
        "del paciente.",
        "month": "Mes",
        "day": "Día",
        "year": "Año",
        "born": "Fecha de nacimiento",
        "born_hint": "Por ejemplo: día 27, mes 3, año 1984",
        "no_date": "Escriba el día, el mes y el año con números, por ejemplo 27 3 1984.",
        "wrong_one": "Esa no es la fecha de nacimiento que tiene el consultorio. Puede intentarlo "
        "una vez más.",
        "wrong": "Esa no es la fecha de nacimiento que tiene el consultorio. Puede intentarlo "
        "{left} veces más.",
        "continue": "Continuar",
        "locked_title": "Este enlace está bloqueado",
        "locked": "La fecha de nacimiento fue incorrecta cinco veces. El consultorio lo sabe y "
        "puede enviarle un enlace nuevo.",
        "closed_title": "Este enlace no se puede usar",
        "closed": "Quizá ya se usó o es demasiado antiguo: un enlace para firmar sirve 7 días y "
        "una sola vez. Llame al consultorio de su médico y pida uno nuevo.",
        "again_title": "Abra su enlace otra vez",
        "again": "Por su seguridad esta página se cierra después de 30 minutos. Abra otra vez el "
        "enlace que recibió.",
        "page_of": "Página {page} de {pages}",
        "disclosure_title": "Firmar en esta pantalla",
        "agree_screen": "Acepto firmar en esta pantalla",
        "agree_screen_first": "Para firmar en esta pantalla, marque la casilla. También puede "
        "elegir papel.",
        "paper": "Prefiero firmar en papel",
        "paper_title": "El consultorio sabe que usted quiere papel",
        "paper_done": "No se firmó nada. El consultorio le dará las páginas en papel.",
        "for_program": "Para {program}",
        "agree": "Acepto: {title}",
        "free": "Puede dejar esta casilla vacía. No cambia nada de la ayuda que recibe.",
        "agree_first": "{program} no puede ayudar sin esto. Si no está de acuerdo, cierre esta "
        "página y llame al consultorio de su médico.",
        "read": "He leído esta página",
        "back": "Atrás",
        "sign_title": "Firmar",
        "you_agree": "Usted acepta",
        "you_do_not": "Usted deja fuera",
        "about": "Para qué lo firma",
        "signer": "¿Quién firma?",
        "patient": "Soy el paciente",
        "representative": "Puedo firmar por el paciente",
        "minor": "El paciente tiene menos de 18 años, así que firma su padre, madre o tutor.",
        "minor_first": "El paciente tiene menos de 18 años: firma su padre, madre o tutor.",
        "relationship": "¿Por qué puede firmar por el paciente?",
        "if_representative": "solo si firma por el paciente",
        "which": "Diga por qué puede firmar por el paciente.",
        "name": "Su nombre completo",
        "typing": "Escribir su nombre aquí es su firma.",
        "name_first": "Escriba su nombre completo.",
        "sign": "Firmar",
        "mend": "Todavía no",
        "changed": "El consultorio cambió algo mientras usted leía. Véalo otra vez; no se firmó "
        "nada.",
        "done_title": "Gracias. Está firmado.",
        "done": "El consultorio lo sabe. Guarde su copia: ",
        "copy": "Guardar su copia para {program} (PDF)",
        "copy_mail": "Enviarme por correo electrónico un enlace a mi copia",
        "copy_mailed": "Va en camino.",
        "copy_not_mailed": "No se pudo enviar. Guarde la copia aquí o pídala al consultorio.",
        "back_later": "Puede retirarlo cuando quiera: avise al consultorio o use el enlace a su "
        "copia.",
        "give_back": "Devuelva el dispositivo al consultorio, por favor.",
        "office_back": "Consultorio: volver al trabajo",
        "nothing_title": "No hay nada que firmar",
        "nothing": "El consultorio cambió algo mientras tanto. No tiene que hacer nada.",
        "permissions_title": "Lo que ha firmado",
        "permissions_why": "Aquí está su copia de cada página que firmó. Puede retirar un "
        "permiso: termina desde ese momento y se avisa a todos los que lo tenían. Lo que se "
        "compartió antes queda compartido.",
        "none_signed": "Todavía no hay nada firmado.",
        "stands": "Dio este permiso el {day}. Termina el {ends}.",
        "not_sent": "Firmó esto el {day}. Todavía no se compartió nada con el programa.",
        "taken_back": "Retirado el {day}.",
        "take_back": "Retirar este permiso",
        "take_back_title": "¿Retirar su permiso para {program}?",
        "take_back_what": "{program} ya no recibirá datos nuevos sobre usted y quizá deje de "
        "ayudarle. La atención de su médico no depende de esto. Lo que se compartió antes queda "
        "compartido.",
        "take_back_yes": "Sí, retirarlo",
        "take_back_no": "No, dejarlo",
        "help": "¿Preguntas? Llame al consultorio de su médico.",
    },
}


def words(language: Language) -> Mapping[str, str]:
    """Every word of a patient's page in this language."""
    return WORDS[language]
