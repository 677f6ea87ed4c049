"""The passwords that are tried first: leaked lists, keyboard rows, and what lies near in this city."""

_LIST = """
12345678 123456789 1234567890 0123456789 12345678910 123123123 1234554321 87654321 987654321 0987654321
11223344 1122334455 12341234 11111111 00000000 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qwertzui qwertzuiop qwertyui
qwertyuiop qwerty123 qwertz123 qwertz12 asdfghjk asdfghjkl asdfasdf yxcvbnm123 abcd1234 abc12345 abcdefgh
a1b2c3d4 aa123456 password password1 password12 password123 passwort passwort1 passwort12 passwort123
passwort1234 passwort! passw0rd p@ssw0rd p@ssword kennwort kennwort1 kennwort123 geheim123 geheimnis
hallo123 hallo1234 hallohallo hallo12345 willkommen willkommen1 willkommen123 welcome1 welcome123 letmein1
letmein123 changeme changeme1 changeme123 iloveyou ichliebedich schatzi1 schatz123 sunshine princess
football baseball superman starwars trustno1 dragon123 monkey123 master123 michael1 computer internet
samsung123 iphone123 ipad1234 admin123 admin1234 administrator adminadmin test1234 testtest test12345
start123 start1234 startstart anfang123 sommer2024 sommer2025 sommer2026 winter2024 winter2025 winter2026
sommer123 winter123 fruehling frühling herbst2025 herbst2026 schule123 schule1234 schule2025 schule2026
lehrer123 schüler123 schueler123 grundschule gymnasium gesamtschule realschule sekretariat dortmund
dortmund1 dortmund123 dortmund09 dortmund1909 borussia borussia1 borussia09 borussia1909 bvb09bvb09 bvb091909
schwarzgelb westfalen ruhrgebiet deutschland fussball fussball1 baerchen schnecke sonnenschein
"""
COMMON = frozenset(_LIST.split())
