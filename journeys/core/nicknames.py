"""Given names that are one name in everyday use: each line is one family of names."""

from collections.abc import Mapping

_FAMILIES = """
abigail abby gail
albert al bert
alexander alex alejandro sasha sandy
alexandra alex sandra alejandra
andrew andy drew andres
anthony tony antonio
barbara barb babs
benjamin ben benny benji
catherine katherine kathryn cathy kathy kate katie kitty catalina
charles charlie chuck carlos
christina chris tina christine cristina
christopher chris kit cristobal
daniel dan danny
david dave davey
deborah debra deb debbie
donald don donnie
dorothy dot dottie dolly
edward ed eddie ted ned eduardo
elizabeth liz lizzie beth betty betsy eliza elisabeth isabel
emily em emmy emilia
eugene gene
florence flo flossie
francis frank francisco paco
frances fran francesca francisca
frederick fred freddie federico
gabriel gabe
gerald gerry jerry
gregory greg
guadalupe lupe
harold hal harry
henry hank harry enrique
jacob jake
james jim jimmy jamie jaime santiago
janet jan
jeffrey jeff geoffrey
jennifer jen jenny jenna
jessica jess jessie
jonathan jon
john johnny jack juan
joseph joe joey jose pepe
joshua josh
joyce joy
judith judy
kenneth ken kenny
kimberly kim
lawrence larry laurence lorenzo
leonard leo len lenny
louis lou luis lewis
margaret maggie meg peggy marge margie rita margarita
maria marie mary mia
martha marty
matthew matt mateo
melissa mel missy
michael mike mick miguel mickey
nancy nan
nathaniel nathan nate
nicholas nick nicolas
patricia pat patty tricia trish
patrick pat paddy
peter pete pedro
philip phil felipe
rebecca becky becca
richard rick rich dick richie ricardo
robert bob rob bobby robbie bert roberto
ronald ron ronnie
rose rosa rosie
samantha sam
samuel sam sammy
stephanie steph stefanie
steven steve stephen esteban
susan sue susie suzanne susana
theodore ted theo teddy
theresa terry tess teresa
thomas tom tommy tomas
timothy tim timmy
victoria vicky tori
vincent vince vinny vicente
walter walt
william will bill billy liam guillermo
zachary zach zack
"""


def _by_name() -> Mapping[str, frozenset[str]]:
    families: dict[str, frozenset[str]] = {}
    for line in _FAMILIES.split("\n"):
        names = line.split()
        for name in names:
            families[name] = families.get(name, frozenset()) | {names[0]}
    return families


FAMILIES = _by_name()


def families_of(name: str) -> frozenset[str]:
    """The names that a folded name may be short for, itself if nobody shortens it so."""
    return FAMILIES.get(name, frozenset({name}))
